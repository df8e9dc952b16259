using System.CommandLine;
using System.CommandLine.Parsing;
using PlaNet.Experiments;

namespace PlaNet.Cli;

/// <summary>Says on one line what is wrong with a command line and what was probably meant.</summary>
internal static class Misuse
{
    public static UnusableInputException Explain(ParseResult line)
    {
        var command = line.CommandResult.Command;
        var help = $"{Path(line.CommandResult)} --help";
        return new UnusableInputException($"{Reason(line, command)} (see `{help}`)");
    }

    private static string Path(CommandResult result) => result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "planet";

    private static string Reason(ParseResult line, Command command)
    {
        var verbs = command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name).ToList();
        var unknown = line.UnmatchedTokens is [var first, ..] ? first : null;
        return unknown switch
        {
            ['-', ..] => $"there is no option {unknown}: did you mean {NearestName.Find(unknown.Split('=')[0], OptionNames(line.CommandResult))}?",
            not null when verbs.Count > 0 => $"there is no verb \"{unknown}\": did you mean {NearestName.Find(unknown, verbs)}?",
            not null => $"\"{unknown}\" stands where an option was expected: an option begins with two dashes and takes its value after a space",
            _ when verbs.Count > 0 => $"no verb was given: name one of {string.Join(", ", verbs)}",
            _ => line.Errors[0].Message.TrimEnd('.').Replace('\'', '"'),
        };
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
