using System.Globalization;
using System.Reflection;
using System.Text.Json;
using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>One option of an experiment: a leaf of the record tree, with its path and the values it may take.</summary>
public sealed class ExperimentOption
{
    private readonly PropertyInfo[] _chain;
    private readonly bool _addedLater;

    internal ExperimentOption(string path, PropertyInfo[] chain, bool decidesResult)
    {
        _chain = chain;
        Path = path;
        DecidesResult = decidesResult;
        Rule = chain[^1].GetCustomAttribute<OptionRuleAttribute>();
        Default = Get(new Experiment());
        _addedLater = chain[^1].IsDefined(typeof(AddedLaterAttribute));
    }

    /// <summary>The option's path, in snake case with dots, such as <c>model.stochastic_size</c>.</summary>
    public string Path { get; }

    /// <summary>The option's own name: the last part of <see cref="Path"/>.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>
    /// Type of the value: <see cref="int"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="string"/> or an enumeration.
    /// </summary>
    public Type ValueType => _chain[^1].PropertyType;

    /// <summary>What values of that type are allowed; null when all are.</summary>
    public OptionRuleAttribute? Rule { get; }

    /// <summary>The default value.</summary>
    public object Default { get; }

    /// <summary>
    /// Whether the option can change a run's result; the name, the description, <c>task.command_folder</c>, <c>task.address</c>,
    /// <c>task.isolation</c> and <c>replay.episodes_from</c> cannot.
    /// </summary>
    public bool DecidesResult { get; }

    /// <summary>The type and the range in words, such as <c>a whole number, at least 1</c>.</summary>
    public string Expected
    {
        get
        {
            var type = ValueType switch
            {
                _ when ValueType == typeof(int) => "a whole number",
                _ when ValueType == typeof(double) => "a finite number",
                _ when ValueType == typeof(bool) => "true or false",
                _ when ValueType.IsEnum => "one of " + string.Join(", ", Choices()),
                _ => "text",
            };
            return Rule is null ? type : $"{type}, {Rule.Text}";
        }
    }

    /// <summary>Whether the hash of an experiment depends on this option (<see cref="AddedLaterAttribute"/>).</summary>
    internal bool IsHashed(Experiment experiment) => DecidesResult && !(_addedLater && Get(experiment).Equals(Default));

    /// <summary>The option's value in an experiment.</summary>
    public object Get(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return _chain.Aggregate((object)experiment, (record, property) => property.GetValue(record)!);
    }

    /// <summary>The experiment with another value for this option.</summary>
    /// <param name="experiment">The experiment to vary; it is not changed.</param>
    /// <param name="value">The new value, of type <see cref="ValueType"/>.</param>
    public Experiment With(Experiment experiment, object value)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return (Experiment)Replace(experiment, _chain, value);
    }

    /// <summary>The value as it is written in JSON and in an override; text has no quotes.</summary>
    /// <param name="value">A value of type <see cref="ValueType"/>.</param>
    public static string Format(object value) => value switch
    {
        Enum choice => JsonNamingPolicy.SnakeCaseLower.ConvertName(choice.ToString()),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Parses a value in the form that <see cref="Format"/> writes. The type is checked, the range is not.</summary>
    /// <exception cref="ExperimentException">The text is not a value of the option's type.</exception>
    public object Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const NumberStyles Signed = NumberStyles.AllowLeadingSign;
        const NumberStyles Decimal = Signed | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return ValueType switch
        {
            _ when ValueType == typeof(string) => text,
            _ when ValueType == typeof(int) && int.TryParse(text, Signed, CultureInfo.InvariantCulture, out var whole) => whole,
            _ when ValueType == typeof(double) && double.TryParse(text, Decimal, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) => number,
            _ when ValueType == typeof(bool) && text is "true" or "false" => text == "true",
            _ when ValueType.IsEnum && Choices().Contains(text, StringComparer.Ordinal) => Enum.Parse(ValueType, MemberOf(text)),
            _ => throw InvalidValue(text),
        };
    }

    /// <summary>The error for a value that has the wrong type or breaks the option's rule.</summary>
    internal ExperimentException InvalidValue(string text)
    {
        var nearest = ValueType.IsEnum ? $"did you mean {NearestName.Find(text, Choices())}?" : $"the default is {Format(Default)}";
        return new ExperimentException($"{Path} cannot be \"{OneLine(text)}\": it must be {Expected}; {nearest}");
    }

    /// <summary>User input on one line, without control characters and cut to 100 characters, for a message.</summary>
    internal static string OneLine(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= 100 ? line : line[..100] + "...";
    }

    private static object Replace(object record, ReadOnlySpan<PropertyInfo> chain, object value)
    {
        // The method that a `with` expression calls; its name cannot be written in C#.
        var copy = record.GetType().GetMethod("<Clone>$")!.Invoke(record, null)!;
        chain[0].SetValue(copy, chain.Length == 1 ? value : Replace(chain[0].GetValue(record)!, chain[1..], value));
        return copy;
    }

    private IEnumerable<string> Choices() => Enum.GetNames(ValueType).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);

    private string MemberOf(string choice) =>
        Enum.GetNames(ValueType).First(
            member => string.Equals(JsonNamingPolicy.SnakeCaseLower.ConvertName(member), choice, StringComparison.Ordinal));
}
