using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cli;

/// <summary>Laws of a user's own components: the template's program, which has the same command line as PlaNet.Properties.</summary>
public sealed class OwnPropertiesTests
{
    private static string Template { get; } = Path.Combine(
        Repository.Root, "experiments", "template-properties", "bin",
        new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "MyProperties.dll");

    [Fact]
    public async Task Its_laws_hold()
    {
        var (code, output, _) = await Run();
        Assert.Equal(0, code);
        Assert.Contains("2 passed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--law", "2")]
    [InlineData("--filter", "NEVER negative")]
    public async Task A_law_is_chosen_by_its_number_or_by_words_of_its_name(params string[] words)
    {
        var (code, output, _) = await Run(words);
        Assert.Equal(0, code);
        Assert.Contains("1 passed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("law 99", "--law", "99")]
    [InlineData("text `nonsense`", "--filter=nonsense")]
    [InlineData("--law takes a number, not `two`", "--law", "two")]
    [InlineData("--law needs a value", "--law")]
    public async Task A_selection_that_matches_no_law_is_refused(string message, params string[] words)
    {
        var (code, _, error) = await Run(words);
        Assert.Equal(2, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Error)> Run(params string[] words) =>
        DotnetProcess.Run(Repository.Root, [Template, .. words]);
}
