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

    /// <summary>The command as it would be typed, for messages.</summary>
    public override string ToString()
    {
        return string.Join(' ', Arguments.Prepend(Program));
    }
}
