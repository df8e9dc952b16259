using PlaNet.Cli;
using PlaNet.Cluster.Stores;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cli;

public sealed class StoredNamesTests
{
    [Theory]
    [InlineData("a/1", "a/1-x")]
    [InlineData("a/1-x", "a/1-x")]
    [InlineData("a/12", "a/12-x")]
    [InlineData("a/1-", "a/1-x")]
    [InlineData("a/", "a/1-x a/12-x")]
    [InlineData("a", "a/1-x a/12-x ab/1-x")]
    public async Task A_seed_matches_no_other_seed_that_begins_with_its_digits(string name, string cancelled)
    {
        using var folder = new TemporaryFolder();
        using var store = StoreOf(folder);
        var (code, _, error) = await PlanetCommandLine.Run("cell", "cancel", name, "--store", folder.Path);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Equal(
            cancelled, string.Join(' ', store.List().Where(row => row.State.Status == CellStatus.Cancelled).Select(row => row.Key.Name)));
    }

    [Theory]
    [InlineData("cell cancel _ --store", "an empty name")]
    [InlineData("cell cancel a/2 --store", "did you mean a/1-x?")]
    [InlineData("status --grid Big --store", "did you mean Bigger?")]
    public async Task A_name_that_matches_nothing_is_refused(string words, string remedy)
    {
        using var folder = new TemporaryFolder();
        using var store = StoreOf(folder);
        var (code, _, error) = await PlanetCommandLine.Run([.. words.Split(' ').Select(word => word == "_" ? "" : word), folder.Path]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains(remedy, error);
        Assert.All(store.List(), row => Assert.Equal(CellStatus.Queued, row.State.Status));
    }

    [Fact]
    public async Task A_grid_name_matches_in_upper_and_lower_case()
    {
        using var folder = new TemporaryFolder();
        using var store = StoreOf(folder);
        var (code, output, error) = await PlanetCommandLine.Run("status", "--grid", "bigger", "--store", folder.Path);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.StartsWith("Bigger: 0 of 3 done", output);
    }

    private static IGridStore StoreOf(TemporaryFolder folder)
    {
        var store = GridStores.Open(folder.Path, TimeProvider.System);
        store.Add("Bigger", [.. new[] { "a/1-x", "a/12-x", "ab/1-x" }.Select(name => new NewCell(name, "{}", 1, 1))]);
        return store;
    }
}
