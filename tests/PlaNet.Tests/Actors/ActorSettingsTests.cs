using PlaNet.Actors;
using PlaNet.Tests.Replay;
using PlaNet.Training;

namespace PlaNet.Tests.Actors;

public sealed class ActorSettingsTests
{
    [Fact]
    public void The_file_in_the_repository_holds_the_defaults_for_both_readers()
    {
        var path = Path.Combine(Repository.Root, "hocon", "planet.conf");
        Assert.Equal(new ActorSettings(), ActorSettings.Read(path));
        Assert.Equal(new MachineSettings(), MachineSettings.Read(path));
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["planet.conf"], """{ "planet": {}, "supervision": { "max_restarts": 2 } }""");
        var settings = ActorSettings.Read(folder["planet.conf"]);
        Assert.Equal(new SupervisionSettings { MaxRestarts = 2 }, settings.Supervision);
        Assert.Equal(new MailboxSettings(), settings.Mailboxes);
        Assert.Equal(
            new RestartPolicy(2, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), 0.2), settings.Supervision.Restarts);
    }

    [Theory]
    [InlineData("supervision", "max_restarts", "-1", "must be at least 0")]
    [InlineData("supervision", "within_seconds", "0", "must be above 0 and at most 30 days")]
    [InlineData("supervision", "min_backoff_seconds", "-0.5", "must be from 0")]
    [InlineData("supervision", "max_backoff_seconds", "0.1", "must be from min_backoff_seconds (0.5)")]
    [InlineData("supervision", "jitter", "1.5", "must be from 0 to 1")]
    [InlineData("supervision", "shutdown_seconds", "0", "must be above 0")]
    [InlineData("mailboxes", "capacity", "0", "must be at least 1")]
    [InlineData("mailboxes", "full_wait_seconds", "99999999", "must be above 0 and at most 30 days")]
    public void A_value_that_breaks_its_rule_is_named_with_rule_and_remedy(string section, string name, string value, string rule)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["planet.conf"], $$"""{ "planet": {}, "{{section}}": { "{{name}}": {{value}} } }""");
        var message = Assert.Throws<ActorSettingsException>(() => ActorSettings.Read(folder["planet.conf"])).Message;
        Assert.Contains($"planet.conf: {section}.{name} is {value} but {rule}", message, StringComparison.Ordinal);
        Assert.EndsWith("Correct it.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "supervision": { "max_restart": 1 } }""", "max_restart")]
    [InlineData("""{ "mailbox": { "capacity": 1 } }""", "mailbox")]
    [InlineData("""{ "mailboxes": { "capacity": "many" } }""", "capacity")]
    public void Unknown_and_ill_typed_settings_are_refused_by_name(string text, string name)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["planet.conf"], text);
        Assert.Contains(name, Assert.Throws<ActorSettingsException>(() => ActorSettings.Read(folder["planet.conf"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("/nowhere/planet.conf does not exist", Assert.Throws<ActorSettingsException>(() => ActorSettings.Read("/nowhere/planet.conf")).Message, StringComparison.Ordinal);
}
