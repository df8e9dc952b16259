namespace PlaNet.Cli;

/// <summary>An output of the process is closed or full, or its terminal is gone.</summary>
/// <param name="output">Name of the output.</param>
/// <param name="cause">The failed write.</param>
public sealed class UnwritableOutputException(string output, Exception cause)
    : Exception(
        $"{output} cannot be written ({(cause.InnerException ?? cause).Message.TrimEnd('.')}): redirect it to a file, pipe or terminal that can.",
        cause);
