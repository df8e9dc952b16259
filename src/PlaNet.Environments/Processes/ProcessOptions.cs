using System.Text;

namespace PlaNet.Environments.Processes;

/// <summary>The program that runs an environment, and its timeouts.</summary>
/// <param name="Program">
/// Name or path of the program. A name is looked up in PATH; a relative path with a slash begins at <see cref="WorkingDirectory"/>.
/// </param>
/// <param name="Arguments">Its arguments, passed without a shell.</param>
public sealed record ProcessOptions(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Working directory of the program. Default null: that of this process.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Longest time from the start to the first line, which includes loading libraries. Default 60 seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time to answer one reset or step. Default 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Parses a command line into words with the quotes of a POSIX shell: '...' and "..." enclose blanks, and a backslash takes the next
    /// character literally (within "..." only before $, `, " and \). Nothing else is special: there is no shell that would replace $NAME,
    /// * or ~, or understand | and &gt;.
    /// </summary>
    /// <exception cref="ArgumentException">The command is empty, or a quote is not closed.</exception>
    public static ProcessOptions Parse(string command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var words = new List<string>();
        StringBuilder? word = null;
        for (var i = 0; i < command.Length; i++)
        {
            switch (command[i])
            {
                case ' ' or '\t' or '\n' or '\r':
                    if (word is not null)
                    {
                        words.Add($"{word}");
                        word = null;
                    }

                    break;
                case '\'' or '"':
                    // Quotes may follow other characters of the same word, and may enclose nothing.
                    i = AppendQuoted(command, i, word ??= new StringBuilder());
                    break;
                case '\\':
                    (word ??= new StringBuilder()).Append(
                        ++i < command.Length
                            ? command[i]
                            : throw new ArgumentException(
                                $"The command {command} ends in a backslash, which takes the next character literally: "
                                + "add that character, or write two backslashes for one."));
                    break;
                default:
                    (word ??= new StringBuilder()).Append(command[i]);
                    break;
            }
        }

        if (word is not null)
        {
            words.Add($"{word}");
        }

        return words is [{ Length: > 0 }, ..]
            ? new ProcessOptions(words[0], words[1..])
            : throw new ArgumentException("The command is empty: give the program and its arguments.");
    }

    /// <summary>The command line, for error messages.</summary>
    public override string ToString()
    {
        return string.Join(' ', Arguments.Prepend(Program));
    }

    // Returns the index of the closing quote.
    private static int AppendQuoted(string command, int open, StringBuilder word)
    {
        var quote = command[open];
        for (var i = open + 1; i < command.Length; i++)
        {
            if (command[i] == quote)
            {
                return i;
            }

            if (quote == '"' && command[i] == '\\' && i + 1 < command.Length && command[i + 1] is '$' or '`' or '"' or '\\')
            {
                i++;
            }

            word.Append(command[i]);
        }

        var name = quote == '"' ? "double" : "single";
        throw new ArgumentException(
            $"The command {command} opens a {name} quote that it does not close: add the closing quote, or write \\{quote} for the "
            + "character itself.");
    }
}
