using System.CommandLine;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PlaNet.Cli;
using PlaNet.Experiments;

namespace PlaNet.Tests;

/// <summary>Links, files, members, verbs, options and packages that the documentation names exist.</summary>
public sealed partial class DocumentationTests
{
    private const int TimeoutMs = 10_000;

    private static readonly string[] s_pages =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md" },
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .Select(path => $"docs/{Path.GetFileName(path)}")
            .Order(StringComparer.Ordinal),
    ];

    [Fact]
    public void Relative_links_lead_to_a_file_and_its_heading()
    {
        Assert.Empty(Violations(Link(), (page, link) =>
        {
            var parts = link.Groups["target"].Value.Split('#');
            var file = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
            var path = Path.Combine(Repository.Root, file);
            return parts[0].Contains(':', StringComparison.Ordinal)
                || ((File.Exists(path) || Directory.Exists(path))
                    && (parts.Length == 1 || Anchors(path).Contains(parts[1], StringComparer.Ordinal)));
        }));
    }

    [Fact]
    public void Paths_of_the_repository_exist()
    {
        Assert.Empty(Violations(RepositoryPath(), (_, named) =>
        {
            var path = named.Groups["path"].Value.TrimEnd('.', '/');
            return path.Contains("/bin/", StringComparison.Ordinal) || Exists(path);
        }));
    }

    [Fact]
    public void Members_in_the_tables_of_the_architecture_exist_in_the_files_of_their_rows()
    {
        var missing = new List<string>();
        var checkedMembers = 0;
        foreach (var line in Read("docs/architecture.md").Split('\n').Where(line => line.StartsWith('|')))
        {
            var path = RepositoryPath().Matches(line).Select(found => found.Groups["path"].Value)
                .LastOrDefault(path => path.EndsWith(".cs", StringComparison.Ordinal));
            if (path is null)
            {
                continue;
            }

            var words = Word().Matches(Read(path)).Select(word => word.Value).ToHashSet(StringComparer.Ordinal);
            var members = Code().Matches(line.Split('|')[^2]).Select(member => member.Groups["text"].Value).ToArray();
            checkedMembers += members.Length;
            missing.AddRange(members.Where(member => !words.Contains(member)).Select(member => $"{path}: {member}"));
        }

        Assert.Empty(missing);
        Assert.True(checkedMembers > 50, "The tables were not found.");
    }

    [Fact]
    public void Commands_are_verbs_with_options_that_they_have()
    {
        var root = PlanetCommand.Create();
        var errors = new List<string>();
        var seen = 0;
        foreach (var (page, line) in s_pages.SelectMany(page => CommandsOf(Read(page)).Select(line => (page, line))))
        {
            seen++;
            errors.AddRange(ErrorsOf(root, line).Select(error => $"{page}: {error} in `planet {line}`"));
        }

        Assert.Empty(errors);
        Assert.True(seen > 50, "The commands were not found.");
    }

    [Fact]
    public void Options_of_experiments_exist_but_for_one_that_is_shown_to_be_refused()
    {
        var options = ExperimentOptions.All.Select(option => option.Path).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(Violations(Setting(), (page, set) =>
            options.Contains(set.Groups["key"].Value)
                || Read(page).Contains($"there is no option \"{set.Groups["key"].Value}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_package_has_a_line_in_the_page_about_dependencies()
    {
        var page = Read("docs/dependencies.md");
        var packages = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants()
            .Where(element => element.Name.LocalName is "PackageVersion" or "GlobalPackageReference")
            .Select(element => element.Attribute("Include")!.Value);
        Assert.All(packages, package => Assert.Contains($"`{package}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_page_is_in_the_contents_of_the_site()
    {
        var contents = Read("docs/site/toc.yml").Split('\n').Select(line => line.Trim()).ToHashSet(StringComparer.Ordinal);
        Assert.All(s_pages, page => Assert.Contains($"href: {page}", contents));
    }

    private static IEnumerable<string> ErrorsOf(RootCommand root, string line)
    {
        var words = Unquoted().Matches(line)
            .Select(word => word.Value.Trim('[', ']', ',', '"'))
            .TakeWhile(word => word is not ("|" or "&&" or ";" or "#" or ">" or "&"));
        Command command = root;
        var verbs = true;
        foreach (var word in words)
        {
            if (verbs && command.Subcommands.FirstOrDefault(verb => verb.Name == word) is { } verb)
            {
                command = verb;
                continue;
            }

            if (verbs && command == root && !word.StartsWith('-'))
            {
                yield return $"no verb {word}";
                yield break;
            }

            verbs = false;
            var option = word.Split('=')[0];
            if (word.Length > 1 && word[0] == '-'
                && !command.Options.Concat(root.Options).Any(known => known.Name == option || known.Aliases.Contains(option)))
            {
                yield return $"no option {option}";
            }
        }
    }

    // Commands in indented and fenced blocks, and between backticks.
    private static IEnumerable<string> CommandsOf(string text)
    {
        return Invocation().Matches(text).Concat(Quoted().Matches(text)).Select(found => found.Groups["line"].Value.Trim())
            .Where(line => line.Length > 0 && (char.IsAsciiLetterLower(line[0]) || line[0] == '-'));
    }

    private static List<string> Violations(Regex pattern, Func<string, Match, bool> holds)
    {
        return
        [
            .. from page in s_pages
               from Match match in pattern.Matches(Read(page))
               where !holds(page, match)
               select $"{page}: {match.Value}",
        ];
    }

    private static IEnumerable<string> Anchors(string path)
    {
        return Heading().Matches(File.ReadAllText(path)).Select(heading => string.Concat(
            heading.Groups["text"].Value.ToLowerInvariant()
                .Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-'));
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    private static bool Exists(string path) => Path.Exists(Path.Combine(Repository.Root, path));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, TimeoutMs)]
    private static partial Regex Heading();

    [GeneratedRegex(@"(?<![\w/.~-])(?<path>(src|tests|experiments|hocon|docs|build)/[\w./-]+)", RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex RepositoryPath();

    [GeneratedRegex("`(?<text>[^`]+)`", RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Code();

    [GeneratedRegex(@"\w+", RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Word();

    [GeneratedRegex(
        @"^(    |\$ |\s*)*(\./)?planet (?<line>[^`\n]*)|\./planet (?<line>[^`\n]*)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        TimeoutMs)]
    private static partial Regex Invocation();

    [GeneratedRegex(@"`(\./)?planet (?<line>[^`]*)`", RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"""[^""]*""|\S+", RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Unquoted();

    [GeneratedRegex(@"(-s|--set)[ =]""?(?<key>[a-z_]+(\.[a-z_]+)+)=", RegexOptions.ExplicitCapture, TimeoutMs)]
    private static partial Regex Setting();
}
