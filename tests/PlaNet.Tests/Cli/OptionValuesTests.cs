using System.CommandLine;
using PlaNet.Cli;
using PlaNet.Experiments;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>Every option of every verb, and every option of an experiment, with values that people give by mistake.</summary>
public sealed class OptionValuesTests : IDisposable
{
    // Far more than anything here takes on a busy machine: only a hang gets there.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    // What users of a command must not be asked to understand.
    private static readonly string[] s_words =
    [
        "System.", "(Parameter", "Exception", "Json", "Nullable", "Int32", "UInt64", "Double", "cannot be null", "   at ",
        "object reference", "enum", "--verbose shows where",
    ];

    private readonly TemporaryFolder _folder = new();
    private int _number;

    // The verb environment takes over standard input, so it is tested below; doctor has no option.
    [Fact]
    public async Task Every_option_of_every_verb_explains_wrong_values()
    {
        SmallRun.Run(_folder["run"]);
        File.WriteAllText(_folder["file"], "not what is expected\n");
        Directory.CreateDirectory(_folder["folder"]);
        var root = PlanetCommand.Create();
        var faults = new List<string>();
        foreach (var (path, verb) in Verbs(root, []).Where(verb => verb.Path is not (["environment"] or ["doctor"])))
        {
            foreach (var option in verb.Options.Concat(verb.Name == "show" ? root.Options : [])
                .Where(option => option.Name is not "--help" and not "--version"))
            {
                foreach (var value in Values(option))
                {
                    // Only a value after an equals sign belongs to a switch, and may begin with a dash.
                    string[] words = [.. path, .. Without(option.Name, Usual(path)), $"{option.Name}={value}"];
                    if (await Fault(words) is { } fault)
                    {
                        faults.Add(fault);
                    }
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task Every_option_of_the_environment_explains_wrong_values()
    {
        var verb = PlanetCommand.Create().Subcommands.Single(verb => verb.Name == "environment");
        var faults = new List<string>();
        foreach (var option in verb.Options.Where(option => option.Name is not "--help"))
        {
            foreach (var value in (string[])["", "abc", "-1", "2147483647"])
            {
                string[] words = ["environment", .. Without(option.Name, ["--task=cartpole_balance", "--size=0"]), $"{option.Name}={value}"];
                var (code, _, error) = await PlanetProcess.RunBy(["sh", "-c", "exec \"$@\" </dev/null", "sh"], words);
                if (!IsExplained(code, error))
                {
                    faults.Add($"{string.Join(' ', words)}: exit code {code}: {error}");
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task Every_option_of_an_experiment_explains_wrong_values()
    {
        var faults = new List<string>();
        foreach (var option in ExperimentOptions.All)
        {
            foreach (var value in Words())
            {
                if (await Fault(["show", "--experiment", "quickstart", "--set", $"{option.Path}={value}", "--json"]) is { } fault)
                {
                    faults.Add(fault);
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    public void Dispose() => _folder.Dispose();

    private static string[] Words() =>
        ["", "abc", "-1", "0", "1.5", "NaN", "1e999", "2147483647", "99999999999999999999999", "two\nlines", new string('x', 5000)];

    private string[] Paths() =>
        ["", _folder["folder"], _folder["file"], _folder["nowhere/file.gif"], _folder["file/below"], _folder[new string('x', 300)]];

    // A word is a valid path in the working directory, which the tests must leave as it is.
    private IEnumerable<string> Values(Option option) =>
        option.ValueType == typeof(bool) ? ["", "abc"]
        : option.HelpName is not null
            && (option.HelpName.Contains("DIR", StringComparison.Ordinal) || option.HelpName.Contains("FILE", StringComparison.Ordinal))
            ? Paths()
            : Words().Concat([_folder["folder"]]);

    // Small arguments with which a verb would work, or be refused as late as possible.
    private string[] Usual(string[] verb)
    {
        var own = _folder[$"own-{_number++}"];
        return verb switch
        {
            ["show"] => ["--experiment=quickstart"],
            ["train"] =>
            [
                "--experiment=quickstart", "--set=compute.threads=1", "--set=compute.native_kernels=false",
                $"--out={_folder["file/below"]}"
            ],
            ["grid"] => ["--grid=Smoke", $"--runs={own}", "--workers=0"],
            ["node"] => ["--join=127.0.0.1:1", "--insecure", "--workers=0"],
            ["cluster", _] => [$"--out={own}", "--hosts=localhost"],
            ["slurm"] => ["--grid=Smoke", "--join=127.0.0.1:7700", "--insecure", $"--out={own}", $"--runs={own}"],
            ["status"] or ["cell", ..] => [$"--store={_folder["no-store"]}"],
            ["import"] => [_folder["run/episodes/train"], own],
            ["evaluate"] => [$"--run={_folder["run"]}", "--episodes=1"],
            ["predict"] => [$"--run={_folder["run"]}", "--context=1", "--horizon=2", "--sequences=1", $"--out={own}"],
            ["check"] => [$"--run={_folder["run"]}"],
            ["watch"] => [$"--run={_folder["run"]}", "--port=0"],
            ["profile"] =>
            [
                "--experiment=quickstart", "--set=compute.threads=1", "--set=compute.native_kernels=false", "--rounds=1",
                $"--trace={own}.json"
            ],
            ["report"] => [$"--runs={_folder["run"]}", $"--out={own}"],
            ["dashboard"] => [$"--runs={_folder["folder"]}", "--port=0"],
            ["verify"] => [$"--data={_folder["folder"]}"],
            ["view"] => ["--task=cartpole_balance", "--steps=0", "--size=8", $"--out={own}.png"],
            ["oracle"] => ["--task=cartpole_balance", "--horizon=1", "--iterations=1", "--candidates=2", "--elites=1"],
            _ => [],
        };
    }

    private static IEnumerable<string> Without(string option, string[] words) =>
        words.Where(word => !word.StartsWith($"{option}=", StringComparison.Ordinal) || option == "--set");

    private static IEnumerable<(string[] Path, Command Verb)> Verbs(Command command, string[] path) => command.Subcommands.Count == 0
        ? [(path, command)]
        : command.Subcommands.SelectMany(verb => Verbs(verb, [.. path, verb.Name]));

    private static async Task<string?> Fault(string[] words)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var interruption = new CancellationTokenSource();

        // Values that are accepted must not start long work.
        await interruption.CancelAsync();
        var line = string.Join(' ', words.Select(word => word.Length > 200 ? word[..200] + "..." : word)).ReplaceLineEndings("\\n");
        int code;
        try
        {
            code = await CommandLineHost.RunAsync(words, output, error, interruption.Token).WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            return $"{line}: no end within {s_patience}";
        }

        return IsExplained(code, error.ToString()) ? null : $"{line}: exit code {code}: {error}";
    }

    private static bool IsExplained(int code, string error)
    {
        var isRefusal = code == ExitCode.UnusableInput
            && error.StartsWith("planet: ", StringComparison.Ordinal)
            && error.IndexOf('\n') == error.Length - 1;
        return code is ExitCode.Success or ExitCode.Interrupted
            || (isRefusal && !Array.Exists(s_words, word => error.Contains(word, StringComparison.Ordinal)));
    }
}
