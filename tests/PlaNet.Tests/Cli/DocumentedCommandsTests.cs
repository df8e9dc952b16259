using System.Text.RegularExpressions;
using PlaNet.Cli;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Tests.Common;
using PlaNet.Tests.Replay;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>
/// Runs the commands of the pages. Runs are made small: a training has the options of <see cref="SmallRun"/> wherever the page sets none.
/// Commands that need several machines, a GPU or Slurm are parsed by <see cref="DocumentationTests"/> and run by the tests of their verbs.
/// </summary>
public sealed partial class DocumentedCommandsTests
{
    private const int Patience = 10_000;

    private static readonly string[] s_pages =
    [
        "README.md",
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Order(StringComparer.Ordinal)
            .Where(path => Path.GetFileName(path) != "tutorial.md").Select(path => $"docs/{Path.GetFileName(path)}"),
    ];

    private static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    [Fact]
    public async Task Commands_that_need_no_run_do_what_the_pages_say()
    {
        string[] verbs = ["show", "experiments", "grids", "doctor", "verify"];
        var ran = 0;
        foreach (var (page, line, answer) in Documented().Where(command => verbs.Contains(Words(command.Line).First())))
        {
            // Assemblies of experiments are the tutorial's and OwnExperimentsTests'.
            if (line.Contains("--experiments ", StringComparison.Ordinal))
            {
                continue;
            }

            ran++;
            if (Words(line).SequenceEqual(["doctor"]))
            {
                // It settles the kernels of its process.
                await Planet(page, Repository.Root, ["doctor"]);
                continue;
            }

            var words = Words(line)
                .Select(word => word.StartsWith("tests/", StringComparison.Ordinal) ? Path.Combine(Repository.Root, word) : word);
            var (code, _, error) = await PlanetCommandLine.Run(words);
            Assert.True(
                code == (answer is null ? ExitCode.Success : ExitCode.UnusableInput),
                $"{page}: `planet {line}` ended with {code}: {error}");
            if (answer is not null)
            {
                Assert.Equal(answer, error.TrimEnd('\n'));
            }
        }

        Assert.InRange(ran, 15, int.MaxValue);
    }

    [Fact]
    public async Task Commands_on_a_run_or_on_a_task_work()
    {
        using var folder = new TemporaryFolder();
        Assert.True(SmallRun.Run(folder["runs/quickstart/1-0123456789"]).Complete);
        await File.WriteAllTextAsync(folder["planet.conf"], "planet.ffmpeg = \"\"");
        string[] verbs = ["evaluate", "predict", "check", "report", "view", "oracle"];
        var ran = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (page, line, _) in Documented().Where(command => verbs.Contains(command.Line.Split(' ')[0])))
        {
            var words = Words(line.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)).ToArray();
            for (var i = 1; i < words.Length; i++)
            {
                words[i] = (words[i - 1], words[i]) switch
                {
                    ("--run", _) => folder["runs/quickstart/1-0123456789"],
                    ("--runs", _) => folder["runs"],
                    ("--policy", ['r', 'u', 'n', ':', ..]) => $"run:{folder["runs/quickstart/1-0123456789"]}",

                    // As many as this small run has recorded.
                    ("--context", _) => "2",
                    ("--horizon", _) => "3",
                    ("--sequences", _) => "1",
                    ("--episodes", _) => "1",
                    (_, "film.mp4") => folder["film.gif"],
                    ("--out" or "--video" or "--json", _) => folder[words[i]],
                    _ => words[i],
                };
            }

            if (words[0] == "oracle")
            {
                words = [.. words, "--candidates", "4", "--elites", "2", "--iterations", "1", "--horizon", "2"];
            }

            if (words[0] == "predict" && !words.Contains("--horizon"))
            {
                words = [.. words, "--context", "2", "--horizon", "3"];
            }

            // Two --runs that are the same would be one.
            var doubled = words.Index().Where(word => word.Item == "--runs").Skip(1).Select(word => word.Index).ToArray();
            words = [.. words.Where((_, i) => !doubled.Any(at => i == at || i == at + 1))];
            if (ran.Add(string.Join(' ', words)))
            {
                var (code, output, error) = await PlanetCommandLine.Run([.. words, "--hocon", folder["planet.conf"]]);
                Assert.True(
                    code == ExitCode.Success, $"{page}: `planet {string.Join(' ', words)}` ended with {code}: {output}{error}");
            }
        }

        Assert.InRange(ran.Count, 8, int.MaxValue);
    }

    [Fact]
    public async Task The_page_of_recorded_episodes_works()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["recordings"]);
        foreach (var name in (string[])["a", "b", "c"])
        {
            var recording = EpisodeFile.ToBytes(Recordings.Random(name, 8, side: 64, actionSize: 1));
            await File.WriteAllBytesAsync(folder[$"recordings/{name}.npz"], recording);
        }

        var ran = 0;
        foreach (var (page, line, _) in Documented().Where(command => command.Page == "docs/episodes.md"))
        {
            ran++;
            var words = Words(line.Replace("collection=2000", "collection=3", StringComparison.Ordinal)).ToList();
            var set = words.Where(word => word.Contains('=', StringComparison.Ordinal))
                .Select(word => word.Split('=')[0]).ToHashSet(StringComparer.Ordinal);
            if (words[0] == "train")
            {
                words.AddRange(
                    SmallOptions(track: false).Where(option => !set.Contains(option.Split('=')[0])).Select(option => "--set=" + option));
            }

            await Planet(page, folder.Path, [.. words]);
        }

        Assert.Equal(3, ran);
        Assert.Equal("DONE\n", await File.ReadAllTextAsync(folder["runs/continued/state"]));
        var offline = Assert.Single(Directory.GetDirectories(folder["runs/quickstart"]));
        Assert.Equal("DONE\n", await File.ReadAllTextAsync(Path.Combine(offline, "state")));
        Assert.Contains("learnt from", await File.ReadAllTextAsync(Path.Combine(offline, "report", "index.html")));

        // The page says how to compute it.
        var (code, output, error) = await DotnetProcess.Start(
            "sh", folder["episodes"], new Dictionary<string, string>(StringComparer.Ordinal) { ["LC_ALL"] = "C" }, "-c",
            "sha256sum *.npz | sha256sum");
        Assert.True(code == 0, error);
        var hash = RunDirectory.Read(offline).Experiment.Replay.EpisodesHash;
        Assert.Equal($"{hash}  -", output.Trim());
    }

    [Fact]
    public async Task The_tutorial_works_from_its_first_line_to_its_last()
    {
        using var folder = new TemporaryFolder();
        var checkout = Directory.CreateDirectory(folder["checkout"]).FullName;
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        var ran = new List<string>();
        foreach (var part in Parts(File.ReadAllText(Path.Combine(Repository.Root, "docs", "tutorial.md"))))
        {
            if (part.File is { } file)
            {
                await File.WriteAllTextAsync(Path.Combine(checkout, file), part.Text);
                continue;
            }

            var line = part.Text;
            ran.Add(line);
            if (line.StartsWith("./planet ", StringComparison.Ordinal))
            {
                await Planet("docs/tutorial.md", checkout, [.. Small(Words(line["./planet ".Length..]))], environment);
            }
            else if (line.StartsWith("export ", StringComparison.Ordinal))
            {
                var variable = line["export ".Length..].Replace("$PWD", checkout, StringComparison.Ordinal).Split('=');
                environment[variable[0]] = variable[1];
            }
            else if (line.StartsWith("dotnet build ", StringComparison.Ordinal))
            {
                // Against what is built already, not against sources that other tests use at the same time.
                string[] build =
                [
                    .. Words(line["dotnet ".Length..].Replace("$PWD", Repository.Root, StringComparison.Ordinal)),
                    "--no-dependencies", $"-p:Configuration={Configuration}", "-nodeReuse:false", "--verbosity", "quiet",
                ];
                var (code, output, error) = await DotnetProcess.Run(
                    checkout, [.. build.Where(word => word is not ("--configuration" or "Release"))]);
                Assert.True(code == 0, output + error);
            }
            else if (line.StartsWith("cp -r experiments/", StringComparison.Ordinal))
            {
                var words = Words(line).ToArray();
                CopySources(Path.Combine(Repository.Root, words[2]), Path.GetFullPath(Path.Combine(checkout, words[3])));
            }
            else if (line.StartsWith("printf ", StringComparison.Ordinal))
            {
                var (code, output, error) = await DotnetProcess.Start("bash", checkout, [], "-c", line);
                Assert.True(code == 0, error);
                Assert.Equal("{\"bytes\": 12296}", output.Trim());
            }
            else
            {
                Assert.Equal("./build.sh --target=Setup", line);
            }
        }

        Assert.InRange(ran.Count, 18, int.MaxValue);
        Assert.StartsWith(
            "DONE",
            await File.ReadAllTextAsync(Path.Combine(checkout, "runs", "track", "0-4cbffcc311", "state")),
            StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(checkout, "runs", "report", "report.html")));

        // The options of a small run for those that the page does not set; its directory is the one that the page uses afterwards.
        IEnumerable<string> Small(IEnumerable<string> line)
        {
            var words = line.ToList();
            switch (words[0])
            {
                case "train":
                    var track = words.Contains("track");
                    var set = words
                        .Where(word => word.Contains('=', StringComparison.Ordinal))
                        .Select(word => word.Split('=')[0])
                        .ToHashSet(StringComparer.Ordinal);
                    words.AddRange(
                        SmallOptions(track).Where(option => !set.Contains(option.Split('=')[0])).Select(option => "--set=" + option));
                    words.AddRange(["--out", track ? "runs/track/0-4cbffcc311" : "runs/small/1-e60c254c45"]);
                    break;
                case "grid":
                    words.AddRange(
                        SmallOptions(track: true)
                            .Where(option => !option.StartsWith("objective.free_nats", StringComparison.Ordinal))
                            .Select(option => "--set=" + option));
                    break;
                case "predict":
                    words[words.IndexOf("--horizon") + 1] = "3";
                    words.AddRange(["--context", "2"]);
                    break;
                default:
                    break;
            }

            return words;
        }
    }

    // The tutorial's own task has episodes of fifty decisions.
    private static IEnumerable<string> SmallOptions(bool track) =>
        SmallRun.Words.Where(word => word.StartsWith("--set=", StringComparison.Ordinal)).Select(word => word["--set=".Length..])
            .Where(option => !track || !option.StartsWith("task.", StringComparison.Ordinal));

    private static async Task Planet(string page, string folder, string[] words, Dictionary<string, string>? environment = null)
    {
        var (code, output, error) = await DotnetProcess.Start(
            "dotnet",
            folder,
            new Dictionary<string, string>(environment ?? [], StringComparer.Ordinal) { ["PLANET__FFMPEG"] = "" },
            [Path.Combine(AppContext.BaseDirectory, "planet.dll"), .. words]);
        Assert.True(code == ExitCode.Success, $"{page}: `planet {string.Join(' ', words)}` ended with {code}: {output}{error}");
    }

    private static void CopySources(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    // Lines of the pages that run the command, and what a page shows as the answer to a line with a prompt.
    private static IEnumerable<(string Page, string Line, string? Answer)> Documented()
    {
        foreach (var page in s_pages)
        {
            var lines = File.ReadAllLines(Path.Combine(Repository.Root, page));
            foreach (var (i, text) in lines.Index())
            {
                if (Command().Match(text) is { Success: true } found)
                {
                    var prompted = found.Groups["prompt"].Success
                        && i + 1 < lines.Length
                        && lines[i + 1].StartsWith("    planet: ", StringComparison.Ordinal);
                    yield return (page, found.Groups["line"].Value.Trim(), prompted ? lines[i + 1].Trim() : null);
                }
            }
        }
    }

    // Files that a page has its reader write, and lines that it has them run, in the order of the page.
    private static IEnumerable<(string? File, string Text)> Parts(string page)
    {
        foreach (Match found in Part().Matches(page))
        {
            if (found.Groups["code"].Success)
            {
                var file = Named().Matches(page[..found.Index])
                    .Last(named => named.Groups["file"].Value.StartsWith("../", StringComparison.Ordinal));
                yield return (file.Groups["file"].Value, found.Groups["code"].Value);
            }
            else
            {
                yield return (null, found.Groups["line"].Value.Trim());
            }
        }
    }

    private static IEnumerable<string> Words(string line) =>
        Word().Matches(Comment().Replace(line, "")).Select(word => word.Value.Replace("\"", "", StringComparison.Ordinal));

    [GeneratedRegex(@"^    (?<prompt>\$ )?\./planet (?<line>.+)$", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Command();

    [GeneratedRegex(
        @"^```(python|csharp)\n(?<code>[\s\S]*?)^```|^    (?<line>(\./planet|\./build\.sh|cp|printf|dotnet|export) .+)$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, Patience)]
    private static partial Regex Part();

    [GeneratedRegex(@"`(?<file>\S+\.(py|cs))`", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Named();

    [GeneratedRegex(@"\s+#\s.*$", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(""[^""]*""|\S)+", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Word();
}
