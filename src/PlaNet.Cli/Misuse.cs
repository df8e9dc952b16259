using System.CommandLine;
using System.CommandLine.Parsing;
using PlaNet.Experiments;

namespace PlaNet.Cli;

/// <summary>Explains on one line why a command line is invalid, and names the nearest valid verb or option.</summary>
internal static class Misuse
{
    public static UnusableInputException Explain(ParseResult line)
    {
        var command = line.CommandResult.Command;
        var help = $"{Path(line.CommandResult)} --help";
        return new UnusableInputException($"{Reason(line, command)} (see `{help}`)");
    }

    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "planet";

    private static string Reason(ParseResult line, Command command)
    {
        var verbs = command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name).ToList();
        var unknown = line.UnmatchedTokens is [var first, ..] ? first : null;
        return unknown switch
        {
            ['-', ..] => $"there is no option {unknown}: "
                + $"did you mean {NearestName.Find(unknown.Split('=')[0], OptionNames(line.CommandResult))}?",
            not null when verbs.Count > 0 => $"there is no verb \"{unknown}\": did you mean {NearestName.Find(unknown, verbs)}?",
            not null => $"\"{unknown}\" is not an option: options begin with two dashes, and their value follows after a space",
            _ when verbs.Count > 0 => $"no verb was given: name one of {string.Join(", ", verbs)}",
            _ => UnreadableValue(line.Errors[0]) ?? line.Errors[0].Message.TrimEnd('.').Replace('\'', '"'),
        };
    }

    // System.CommandLine's own message about a value that it cannot convert names the .NET type; null for other errors.
    private static string? UnreadableValue(ParseError error)
    {
        if (error.SymbolResult is not OptionResult { Tokens: [.., var token] } result
            || !error.Message.Contains($"'{result.Option.ValueType}'", StringComparison.Ordinal))
        {
            return null;
        }

        var type = Nullable.GetUnderlyingType(result.Option.ValueType) ?? result.Option.ValueType;
        var rule = type switch
        {
            { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}",
            _ when type == typeof(int) => $"a whole number of at most {int.MaxValue}",
            _ when type == typeof(ulong) => $"a whole number from 0 to {ulong.MaxValue}",
            _ when type == typeof(double) => "a number",
            _ when type == typeof(bool) => "true or false",
            _ => null,
        };
        return rule is null ? null : $"{result.Option.Name} {token.Value}: must be {rule}";
    }

    private static IEnumerable<string> OptionNames(CommandResult result)
    {
        var own = result.Command.Options.AsEnumerable();
        for (var parent = result.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
        {
            own = own.Concat(parent.Command.Options.Where(option => option.Recursive));
        }

        return own.Where(option => !option.Hidden).Select(option => option.Name);
    }
}
