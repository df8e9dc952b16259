using System.CommandLine;
using System.Text;

namespace PlaNet.Cli;

/// <summary>A writer that passes failed writes to a handler, which throws another exception or ignores the failure.</summary>
internal sealed class GuardedWriter : TextWriter
{
    private readonly TextWriter _inner;
    private readonly Action<Exception> _failed;

    private GuardedWriter(TextWriter inner, Action<Exception> failed)
    {
        (_inner, _failed) = (inner, failed);
        CoreNewLine = inner.NewLine.ToCharArray();
    }

    /// <inheritdoc/>
    public override Encoding Encoding => _inner.Encoding;

    /// <summary>Results: a failed write names the output and ends the verb.</summary>
    public static GuardedWriter ForResults(TextWriter output) =>
        new(output, failure => throw new UnwritableOutputException("standard output", failure));

    /// <summary>Failures and warnings: there is nowhere to report that they cannot be written, and the exit code still tells.</summary>
    public static GuardedWriter ForErrors(TextWriter error) => new(error, static _ => { });

    /// <summary>Progress of a verb that runs for hours. A line that cannot be written is dropped, and the verb continues.</summary>
    /// <param name="console">Its output is for progress; its error output receives one warning.</param>
    public static GuardedWriter ForProgress(InvocationConfiguration console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var warned = 0;
        return new GuardedWriter(console.Output, failure =>
        {
            if (Interlocked.Exchange(ref warned, 1) == 0)
            {
                console.Error.WriteLine($"planet: warning: the work continues without progress lines: {failure.Message}");
            }
        });
    }

    /// <summary>Whether lines can be updated in place.</summary>
    public static bool IsTerminal(TextWriter output) => output is GuardedWriter guarded
        ? IsTerminal(guarded._inner)
        : ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => _inner.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => _inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => _inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine() => Try(_inner.WriteLine);

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => _inner.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(_inner.Flush);

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or UnwritableOutputException)
        {
            // .NET reports a closed descriptor as denied access. It ignores a broken pipe.
            _failed(failure);
        }
    }
}
