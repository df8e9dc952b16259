namespace PlaNet.Environments.Processes;

/// <summary>The program that runs an environment, and its timeouts.</summary>
/// <param name="Program">Name or path of the program.</param>
/// <param name="Arguments">Its arguments, passed without a shell.</param>
public sealed record ProcessOptions(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Working directory of the program. Default null: that of this process.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Longest time from the start to the first line, which includes loading libraries. Default 60 seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time to answer one reset or step. Default 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Parses a command line: words are separated by spaces; double quotes enclose a word that contains spaces.</summary>
    /// <exception cref="ArgumentException">The command is empty, or a quote is not closed.</exception>
    public static ProcessOptions Parse(string command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var pieces = command.Split('"');
        if (pieces.Length % 2 == 0)
        {
            throw new ArgumentException($"The command {command} opens a double quote that it does not close: add the closing quote.");
        }

        // Pieces with an odd index were between quotes: each is one word.
        var words = pieces
            .SelectMany((piece, index) => index % 2 == 1 ? [piece] : piece.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToArray();
        return words.Length > 0
            ? new ProcessOptions(words[0], words[1..])
            : throw new ArgumentException("The command is empty: give the program and its arguments.");
    }

    /// <summary>The command line, for error messages.</summary>
    public override string ToString()
    {
        return string.Join(' ', Arguments.Prepend(Program));
    }
}
