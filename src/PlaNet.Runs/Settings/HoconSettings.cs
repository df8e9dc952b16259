using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Event;
using PlaNet.Common;
using PlaNet.Experiments;

namespace PlaNet.Runs.Settings;

/// <summary>
/// The effective settings: the defaults of <c>hocon/planet.conf</c>, overridden by the user's files, overridden by environment variables.
/// </summary>
/// <param name="Planet">Settings of this program, validated.</param>
/// <param name="Akka">Settings of Akka's actor systems.</param>
public sealed record HoconSettings(PlanetSettings Planet, Config Akka)
{
    private const string Remedy = "Correct it, or take the file from the repository.";

    private static readonly string[] s_sections = ["planet", "akka"];

    private static readonly Lazy<HoconSettings> s_default = new(() => Of(Reference()));

    /// <summary>The defaults: <c>hocon/planet.conf</c> at the time the program was built.</summary>
    public static HoconSettings Default => s_default.Value;

    /// <summary>Reads the effective settings.</summary>
    /// <param name="paths">The user's files; later files override earlier ones. Settings that no file contains have their default.</param>
    /// <param name="environment">
    /// Environment variables: <c>PLANET__GRID__LEASE_SECONDS=30</c> sets <c>planet.grid.lease_seconds</c>, <c>AKKA__LOG_DEAD_LETTERS=on</c>
    /// sets <c>akka.log-dead-letters</c>. Default: none.
    /// </param>
    /// <exception cref="SettingsException">A file is missing or malformed, a setting is unknown, or a value breaks its rule.</exception>
    public static HoconSettings Read(IEnumerable<string> paths, IDictionary? environment = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var config = Reference();
        foreach (var path in paths)
        {
            config = Parse(path).WithFallback(config);
        }

        foreach (var (name, setting, value) in Overrides(environment))
        {
            var from = OneLine.Of(name);
            config = Guarded(from, () => Checked(Variable(setting, value), from)).WithFallback(config);
        }

        return Guarded("The combination of all settings", () => Of(config));
    }

    /// <summary>A copy with another log level of Akka.</summary>
    /// <param name="level">Minimum level of the lines that Akka logs.</param>
    public HoconSettings WithLog(LogLevel level)
    {
        var lifecycle = level == LogLevel.DebugLevel ? "akka.actor.debug { lifecycle = on, unhandled = on }" : "";
        return this with
        {
            Akka = ConfigurationFactory.ParseString($"akka.loglevel = {level.StringFor()}\n{lifecycle}").WithFallback(Akka),
        };
    }

    /// <summary>The settings as HOCON for <see cref="Read"/>: all of this program, and the explicitly set ones of Akka.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("# The settings in force when this run was last started. --hocon takes this file.\n");
        Write(text, "planet", Planet);
        foreach (var line in Lines("akka", Akka.GetValue("akka")))
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static HoconSettings Of(Config config)
    {
        var planet = (PlanetSettings)Section(config, "planet", typeof(PlanetSettings));
        var (supervision, grid) = (planet.Supervision, planet.Grid);
        Require(
            supervision.MaxBackoffSeconds >= supervision.MinBackoffSeconds,
            "planet.supervision.max_backoff_seconds",
            supervision.MaxBackoffSeconds,
            $"must be at least planet.supervision.min_backoff_seconds, which is {Text(supervision.MinBackoffSeconds)}");
        Require(
            grid.LeaseSeconds >= 3 * grid.HeartbeatSeconds,
            "planet.grid.lease_seconds",
            grid.LeaseSeconds,
            $"must be at least 3 times planet.grid.heartbeat_seconds, which is {Text(grid.HeartbeatSeconds)}");
        var (certificate, authority) = (planet.Cluster.Tls.Certificate, planet.Cluster.Tls.Authority);
        Require(
            authority.Length > 0 || certificate.Length == 0,
            "planet.cluster.tls.authority",
            authority,
            "must be given together with planet.cluster.tls.certificate");
        Require(
            certificate.Length > 0 || authority.Length == 0,
            "planet.cluster.tls.certificate",
            certificate,
            "must be given together with planet.cluster.tls.authority");
        Require(
            planet.Operators.IsOtlpValid,
            "planet.operators.otlp",
            planet.Operators.Otlp,
            "must be the address of a collector of OTLP over HTTP, such as http://localhost:4318, or empty");
        return new HoconSettings(planet, ConfigurationFactory.ParseString(string.Join('\n', Lines("akka", config.GetValue("akka")))));
    }

    private static Config Reference()
    {
        using var stream = typeof(HoconSettings).Assembly.GetManifestResourceStream("planet.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    // ---- Reading ----

    private static Config Parse(string path)
    {
        try
        {
            return Guarded(path, () => Checked(new Config(HoconText.Parse(path, File.ReadAllText(path))), path));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SettingsException($"{path} does not exist. Name another file, or take hocon/planet.conf from the repository.");
        }
    }

    // Akka's parser throws what it meets first for some malformed texts, such as a null reference.
    private static T Guarded<T>(string from, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is not (SettingsException or FileNotFoundException or DirectoryNotFoundException))
        {
            var reason = exception is FormatException or ConfigurationException or IOException or UnauthorizedAccessException
                ? exception.Message.Split('\n')[0]
                : "it is not HOCON.";
            throw new SettingsException($"{from} cannot be read: {OneLine.Of(reason)} {Remedy}");
        }
    }

    private static IEnumerable<(string Name, string Setting, string Value)> Overrides(IDictionary? environment)
    {
        foreach (DictionaryEntry variable in environment ?? new Hashtable())
        {
            var parts = ((string)variable.Key).Split("__");
            if (parts.Length > 1 && parts[0] is "PLANET" or "AKKA")
            {
                var path = string.Join('.', parts).ToLowerInvariant();
                yield return ((string)variable.Key, parts[0] == "AKKA" ? path.Replace('_', '-') : path, (string?)variable.Value ?? "");
            }
        }
    }

    private static Config Variable(string setting, string value)
    {
        // The name becomes part of a HOCON text.
        return setting.Split('.') is { Length: <= HoconText.Deepest } parts && Array.TrueForAll(parts, IsName)
            ? ConfigurationFactory.ParseString($"{setting} = {HoconText.Quoted(value)}")
            : throw new FormatException("the parts of its name must consist of letters, digits and '_'.");
    }

    private static bool IsName(string part) =>
        part.Length > 0 && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');

    // ---- Checking ----

    private static Config Checked(Config config, string from)
    {
        if (config.HasPath("akka") && !config.GetValue("akka").IsObject())
        {
            throw new SettingsException($"{from}: akka must be a section in braces. {Remedy}");
        }

        var keys = config.AsEnumerable().Select(entry => entry.Key);
        if (keys.FirstOrDefault(key => !s_sections.Contains(key, StringComparer.Ordinal)) is { } unknown)
        {
            throw Unknown(from, unknown, [.. s_sections, .. Names("planet", typeof(PlanetSettings))]);
        }

        if (config.HasPath("planet"))
        {
            CheckNames(config.GetValue("planet"), "planet", typeof(PlanetSettings), from);
        }

        return config;
    }

    private static void CheckNames(HoconValue section, string path, Type type, string from)
    {
        if (!section.IsObject())
        {
            throw new SettingsException($"{from}: {path} must be a section in braces. {Remedy}");
        }

        foreach (var (key, value) in section.GetObject().Items)
        {
            var property = Array.Find(Properties(type), property => Key(property) == key)
                ?? throw Unknown(from, $"{path}.{key}", Names("planet", typeof(PlanetSettings)));
            if (IsSection(property))
            {
                CheckNames(value, $"{path}.{key}", property.PropertyType, from);
            }
            else
            {
                Value(property, value, $"{from}: {path}.{key}");
            }
        }
    }

    private static SettingsException Unknown(string from, string name, IEnumerable<string> known) =>
        new($"{from}: there is no setting {OneLine.Of(name)}: did you mean {Nearest(name, [.. known])}?");

    // A known name in the wrong section is matched by its last part.
    private static string Nearest(string name, IReadOnlyList<string> known) =>
        known.FirstOrDefault(candidate => candidate.EndsWith("." + name, StringComparison.Ordinal)) ?? NearestName.Find(name, known);

    private static IEnumerable<string> Names(string path, Type type) => Properties(type).SelectMany(property =>
        IsSection(property)
            ? Names($"{path}.{Key(property)}", property.PropertyType).Prepend($"{path}.{Key(property)}")
            : [$"{path}.{Key(property)}"]);

    private static object Section(Config config, string path, Type type)
    {
        var section = Activator.CreateInstance(type)!;
        foreach (var property in Properties(type))
        {
            var name = $"{path}.{Key(property)}";
            if (config.HasPath(name))
            {
                property.SetValue(
                    section,
                    IsSection(property) ? Section(config, name, property.PropertyType) : Value(property, config.GetValue(name), name));
            }
        }

        return section;
    }

    private static object Value(PropertyInfo property, HoconValue given, string name)
    {
        if (!given.IsString())
        {
            throw new SettingsException($"{name} must be one value, not a section or a list. {Remedy}");
        }

        var text = given.GetString();
        object value;
        try
        {
            value = property.PropertyType == typeof(bool)
                ? Switch(text)
                : Convert.ChangeType(text, property.PropertyType, CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            var kind = property.PropertyType == typeof(bool) ? "on or off"
                : property.PropertyType == typeof(int) ? "a whole number"
                : "a number";
            throw new SettingsException($"{name} is {OneLine.Of(text)} but must be {kind}. Correct it.");
        }

        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            Require(rule.IsValid(value) && value is not double.NaN, name, value, Rule(rule));
        }

        return value;
    }

    // The truth values of HOCON.
    private static bool Switch(string text) => text switch
    {
        "on" or "true" or "yes" => true,
        "off" or "false" or "no" => false,
        _ => throw new FormatException(),
    };

    private static string Rule(ValidationAttribute rule) => rule switch
    {
        RangeAttribute { MinimumIsExclusive: true } range => $"must be above {Text(range.Minimum)} and at most {Text(range.Maximum)}",
        RangeAttribute { Maximum: int.MaxValue or double.PositiveInfinity } range => $"must be at least {Text(range.Minimum)}",
        RangeAttribute range => $"must be from {Text(range.Minimum)} to {Text(range.Maximum)}",
        _ => "must not be empty",
    };

    private static void Require(bool holds, string name, object value, string rule)
    {
        if (!holds)
        {
            throw new SettingsException($"{name} is {(value is "" ? "empty" : OneLine.Of(Text(value)))} but {rule}. Correct it.");
        }
    }

    // ---- Writing ----

    private static void Write(StringBuilder text, string path, object section)
    {
        foreach (var property in Properties(section.GetType()))
        {
            var (name, value) = ($"{path}.{Key(property)}", property.GetValue(section)!);
            if (IsSection(property))
            {
                Write(text, name, value);
            }
            else
            {
                text.Append(name).Append(" = ").Append(value is string words ? HoconText.Quoted(words) : Text(value)).Append('\n');
            }
        }
    }

    private static IEnumerable<string> Lines(string path, HoconValue? value) => value switch
    {
        null => [],
        _ when value.IsObject() => value.GetObject().Items.SelectMany(item =>
            Lines($"{path}.{(IsName(item.Key) ? item.Key : HoconText.Quoted(item.Key))}", item.Value)),
        _ when value.IsArray() => [$"{path} = [{string.Join(", ", value.GetArray().Select(item => HoconText.Quoted(One(path, item))))}]"],
        _ => [$"{path} = {HoconText.Quoted(One(path, value))}"],
    };

    private static string One(string path, HoconValue value) => value.IsString() && value.GetString() is { } text
        ? text
        : throw new SettingsException($"{OneLine.Of(path)} has no value, or a list in a list. {Remedy}");

    private static PropertyInfo[] Properties(Type type) => type.GetProperties(BindingFlags.Instance | BindingFlags.Public);

    private static bool IsSection(PropertyInfo property) =>
        property.PropertyType is { IsClass: true } && property.PropertyType != typeof(string);

    private static string Key(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static string Text(object value) =>
        value is bool flag ? (flag ? "on" : "off") : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
