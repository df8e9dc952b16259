using PlaNet.Tests.Replay;
using PlaNet.Training;

namespace PlaNet.Tests.Training;

public sealed class MachineSettingsTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("86401")]
    public void The_time_that_environments_have_is_above_zero_and_at_most_a_day(string value)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["planet.conf"], $$"""{ "planet": { "environment_timeout_seconds": {{value}} } }""");
        var message = Assert.Throws<RunException>(() => MachineSettings.Read(folder["planet.conf"])).Message;
        Assert.Contains($"environment_timeout_seconds is {value} but must be above 0 and at most 86400", message, StringComparison.Ordinal);
    }
}
