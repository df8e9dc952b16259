using System.Collections;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs.Settings;

public sealed class HoconSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_file_in_the_repository_holds_the_defaults()
    {
        var read = HoconSettings.Read([Path.Combine(Repository.Root, "hocon", "planet.conf")]);
        Assert.Equal(new PlanetSettings(), read.Planet);
        Assert.Equal(HoconSettings.Default.ToString(), read.ToString());
        Assert.Equal("WARNING", read.Akka.GetString("akka.loglevel"));
    }

    [Fact]
    public void Omitted_settings_have_their_defaults()
    {
        var settings = Read("planet.supervision.max_restarts = 2");
        Assert.Equal(new SupervisionSettings { MaxRestarts = 2 }, settings.Planet.Supervision);
        Assert.Equal(new GridSettings(), settings.Planet.Grid);
        Assert.Equal(
            new RestartPolicy(2, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), 0.2),
            settings.Planet.Supervision.Restarts);
        Assert.Equal("default-executor", settings.Akka.GetString("akka.actor.default-dispatcher.executor"));
    }

    [Fact]
    public void A_certificate_and_its_authority_are_given_together()
    {
        var tls = Read("planet.cluster.tls { certificate = \"a.pfx\", authority = \"a.crt\", password_file = p }").Planet.Cluster.Tls;
        Assert.Equal(new TlsSettings { Certificate = "a.pfx", Authority = "a.crt", PasswordFile = "p" }, tls);
        Assert.Contains(
            "planet.cluster.tls.authority is empty",
            Assert.Throws<SettingsException>(() => Read("planet.cluster.tls.certificate = a")).Message);
        Assert.Contains(
            "planet.cluster.tls.certificate is empty",
            Assert.Throws<SettingsException>(() => Read("planet.cluster.tls.authority = a")).Message);
    }

    [Fact]
    public void Files_may_include_others_and_substitute_values_and_json_is_hocon()
    {
        File.WriteAllText(_folder["lab.conf"], "planet.grid { heartbeat_seconds = 7, lease_seconds = 70 }");
        var settings = Read(
            """
            include "lab.conf"
            // the lab's
            planet { environment_start_seconds = ${planet.grid.lease_seconds} }
            akka.actor.default-dispatcher.throughput = 7
            """);
        Assert.Equal((7, 70), (settings.Planet.Grid.HeartbeatSeconds, settings.Planet.EnvironmentStartSeconds));
        Assert.Equal(7, settings.Akka.GetInt("akka.actor.default-dispatcher.throughput"));
        Assert.Equal(3, Read("""{ "planet": { "checkpoints_kept": 3, "runs_directory": "a{b" } }""").Planet.CheckpointsKept);
    }

    [Fact]
    public void Variables_override_files_and_later_files_override_earlier_ones()
    {
        File.WriteAllText(_folder["a.conf"], "planet { checkpoints_kept = 3, progress_seconds = 3 }");
        File.WriteAllText(_folder["b.conf"], "planet { progress_seconds = 4, grid.failures = 4 }");
        var variables = new Hashtable
        {
            ["PLANET__GRID__FAILURES"] = "5",
            ["PLANET__EXPERIMENTS"] = "a\"b",
            ["AKKA__LOG_DEAD_LETTERS"] = "on",
            ["PLANET_CONF"] = "x"
        };
        var settings = HoconSettings.Read([_folder["a.conf"], _folder["b.conf"]], variables);
        Assert.Equal(
            new PlanetSettings { CheckpointsKept = 3, ProgressSeconds = 4, Experiments = "a\"b", Grid = new GridSettings { Failures = 5 } },
            settings.Planet);
        Assert.Equal("on", settings.Akka.GetString("akka.log-dead-letters"));
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("yes", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    [InlineData("no", false)]
    [InlineData("false", false)]
    public void A_switch_is_on_or_off(string word, bool value)
    {
        var settings = Read($"planet.telemetry.tensorboard = {word}");
        Assert.Equal(value, settings.Planet.Telemetry.Tensorboard);
        Assert.Contains($"planet.telemetry.tensorboard = {(value ? "on" : "off")}\n", settings.ToString());
    }

    [Fact]
    public void Written_settings_are_read_back_unchanged()
    {
        var settings = Read(
            "planet { runs_directory = \"a \\\" \\\\ b\", supervision.jitter = 0.25, telemetry.tensorboard = off }\n" +
            "akka.log-dead-letters = on");
        Assert.Equal(settings.Planet, Read(settings.ToString()).Planet);
        Assert.Equal(settings.ToString(), Read(settings.ToString()).ToString());
    }

    [Theory]
    [InlineData("supervision.max_restarts = -1", "planet.supervision.max_restarts is -1 but must be at least 0")]
    [InlineData("supervision.within_seconds = 0", "planet.supervision.within_seconds is 0 but must be above 0 and at most 2592000")]
    [InlineData("supervision.min_backoff_seconds = -0.5", "planet.supervision.min_backoff_seconds is -0.5 but must be from 0")]
    [InlineData("supervision.max_backoff_seconds = 0.1", "must be at least planet.supervision.min_backoff_seconds, which is 0.5")]
    [InlineData("supervision.jitter = 1.5", "planet.supervision.jitter is 1.5 but must be from 0 to 1")]
    [InlineData("supervision.jitter = NaN", "planet.supervision.jitter is NaN but must be from 0 to 1")]
    [InlineData("environment_timeout_seconds = 0", "planet.environment_timeout_seconds is 0 but must be above 0 and at most 86400")]
    [InlineData("environment_timeout_seconds = 86401", "planet.environment_timeout_seconds is 86401 but must be above 0 and at most 86400")]
    [InlineData("checkpoints_kept = 1", "planet.checkpoints_kept is 1 but must be at least 2")]
    [InlineData("checkpoints_kept = 2.5", "planet.checkpoints_kept is 2.5 but must be a whole number")]
    [InlineData("checkpoints_kept = many", "planet.checkpoints_kept is many but must be a whole number")]
    [InlineData("telemetry.tensorboard = maybe", "planet.telemetry.tensorboard is maybe but must be on or off")]
    [InlineData("telemetry.histogram_updates = 0", "planet.telemetry.histogram_updates is 0 but must be at least 1")]
    [InlineData("runs_directory = \"\"", "planet.runs_directory is empty but must not be empty")]
    [InlineData("grid.lease_seconds = 14", "must be at least 3 times planet.grid.heartbeat_seconds, which is 5")]
    [InlineData("operators.otlp = \"localhost:4318\"", "planet.operators.otlp is localhost:4318 but must be the address of a collector")]
    [InlineData("operators.otlp = \"/metrics\"", "such as http://localhost:4318, or empty. Correct it.")]
    [InlineData("operators.otlp_seconds = 0", "planet.operators.otlp_seconds is 0 but must be from 0.1 to 3600")]
    [InlineData("operators.trace_share = 2", "planet.operators.trace_share is 2 but must be from 0 to 1")]
    [InlineData("operators.prometheus_port = 65536", "planet.operators.prometheus_port is 65536 but must be from 0 to 65535")]
    [InlineData("grid = 3", "planet.grid must be a section in braces")]
    [InlineData("grid.failures = [1]", "planet.grid.failures must be one value")]
    public void A_value_that_breaks_its_rule_is_named_with_rule_and_remedy(string setting, string message)
    {
        var refusal = Refusal($"planet {{ {setting} }}");
        Assert.Contains(message, refusal, StringComparison.Ordinal);
        Assert.Contains("Correct it", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "planet.supervision.max_restart = 1",
        "there is no setting planet.supervision.max_restart: did you mean planet.supervision.max_restarts?")]
    [InlineData("supervision { max_restarts = 1 }", "there is no setting supervision: did you mean planet.supervision?")]
    [InlineData("planet.lease_seconds = 90", "did you mean planet.grid.lease_seconds?")]
    [InlineData("plante { }", "there is no setting plante: did you mean planet?")]
    public void An_unknown_setting_is_refused_with_the_nearest_one_and_its_file(string text, string message)
    {
        var refusal = Refusal(text);
        Assert.Contains(message, refusal, StringComparison.Ordinal);
        Assert.StartsWith(_folder["own.conf"], refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("planet { checkpoints_kept = 3", "a closing brace is missing")]
    [InlineData("planet { } }", "a closing brace too many")]
    [InlineData("planet { /* c */ checkpoints_kept = 3 }", "own.conf cannot be read")]
    [InlineData("akka.loggers = [ }", "a closing bracket is missing")]
    [InlineData("akka.loggers = [a = b]", "'=' is not allowed in a list")]
    [InlineData("akka.loggers = [a]]", "a closing bracket too many")]
    [InlineData("planet.checkpoints_kept = ${nowhere}", "Unresolved substitution: nowhere")]
    [InlineData("planet.checkpoints_kept = ${planet.checkpoints_kept}", "${planet.checkpoints_kept} must name one value")]
    [InlineData("planet = ${planet}", "${planet} must name one value")]
    [InlineData("planet.grid = ${akka.a}\nakka.a = ${planet.grid}", "none that has a reference itself")]
    [InlineData("planet.checkpoints_kept = ${planet.grid.failures", "a closing brace is missing")]
    [InlineData("include \"own.conf\"", "files include one another in more than 50 levels")]
    [InlineData("include \"nowhere.conf\"", "nowhere.conf, which does not exist")]
    [InlineData("akka = 3", "akka must be a section in braces")]
    [InlineData("akka { loggers = [[1]] }", "akka.loggers has no value, or a list in a list")]
    public void A_file_that_cannot_be_read_is_named_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Refusal(text), StringComparison.Ordinal);

    // Akka's parser throws a null reference for the first two, and takes tens of seconds for the third.
    [Theory]
    [InlineData("akka ", "{ a ", "}")]
    [InlineData("akka.a = ", "[", "]")]
    [InlineData("akka", ".a", " = 1")]
    public void A_file_of_thousands_of_levels_is_refused(string first, string begin, string end)
    {
        var text = first + string.Concat(Enumerable.Repeat(begin, 20_000)) + string.Concat(Enumerable.Repeat(end, 20_000));
        Assert.Contains("more than 50 levels", Refusal(text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AKKA__A__${B")]
    [InlineData("AKKA__")]
    [InlineData("AKKA__A\n")]
    public void A_variable_whose_name_is_no_setting_is_refused_on_one_line(string name)
    {
        var refusal = Assert.Throws<SettingsException>(() => HoconSettings.Read([], new Hashtable { [name] = "1" })).Message;
        Assert.Contains("letters, digits and '_'", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Fact]
    public void A_wrong_variable_and_a_missing_file_are_named()
    {
        var wrong = Assert.Throws<SettingsException>(() => HoconSettings.Read([], new Hashtable { ["PLANET__GRID__FAILURS"] = "5" }));
        Assert.Equal("PLANET__GRID__FAILURS: there is no setting planet.grid.failurs: did you mean planet.grid.failures?", wrong.Message);
        Assert.Contains(
            "/nowhere/planet.conf does not exist",
            Assert.Throws<SettingsException>(() => HoconSettings.Read(["/nowhere/planet.conf"])).Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private HoconSettings Read(string text)
    {
        File.WriteAllText(_folder["own.conf"], text);
        return HoconSettings.Read([_folder["own.conf"]]);
    }

    private string Refusal(string text) => Assert.Throws<SettingsException>(() => Read(text)).Message;
}
