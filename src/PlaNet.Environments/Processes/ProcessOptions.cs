namespace PlaNet.Environments.Processes;

/// <summary>Which program plays the environment, and how long it may think.</summary>
/// <param name="Program">Name or path of the program.</param>
/// <param name="Arguments">Its arguments. No shell sees them.</param>
public sealed record ProcessOptions(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Folder it runs in. Default null: this program's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Longest time to the first line, libraries being loaded. Default 60 seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time to answer one reset or step. Default 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads a command as it would be typed: words between spaces, with double quotes around words that hold spaces.</summary>
    /// <param name="command">The command.</param>
    /// <exception cref="ArgumentException">It names no program, or a quote is not closed.</exception>
    public static ProcessOptions Parse(string command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var pieces = command.Split('"');
        if (pieces.Length % 2 == 0)
        {
            throw new ArgumentException($"The command {command} opens a double quote that it does not close.", nameof(command));
        }

        // Every second piece stood between quotes and is a word of its own.
        var words = pieces
            .SelectMany((piece, index) => index % 2 == 1 ? [piece] : piece.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToArray();
        return words.Length > 0
            ? new ProcessOptions(words[0], words[1..])
            : throw new ArgumentException("The command is empty: give the program and its arguments.", nameof(command));
    }

    /// <summary>The command as it would be typed, for messages.</summary>
    public override string ToString()
    {
        return string.Join(' ', Arguments.Prepend(Program));
    }
}
