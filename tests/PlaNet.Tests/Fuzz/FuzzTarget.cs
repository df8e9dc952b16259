using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Text;
using PlaNet.Common;

namespace PlaNet.Tests.Fuzz;

/// <summary>
/// Gives damaged inputs to a reader. It may accept them or throw its documented exception with a message of one line, within a second and a
/// limit on memory. Input number N of a seed is always the same.
/// </summary>
internal sealed class FuzzTarget
{
    private const string CountVariable = "PLANET_FUZZ";
    private const string SeedVariable = "PLANET_FUZZ_SEED";
    private const string InputVariable = "PLANET_FUZZ_INPUT";
    private const ulong DefaultSeed = 20190604;
    private const int DefaultCount = 10_000;
    private const int MostReported = 10;
    private const int LongestMessage = 2_000;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);

    // Only a hang gets there, also on a busy machine.
    private static readonly TimeSpan s_hang = TimeSpan.FromMinutes(1);

    /// <summary>Name, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Valid inputs.</summary>
    public required IReadOnlyList<FuzzInput> Inputs { get; init; }

    /// <summary>Parts that have a meaning in the format.</summary>
    public required IReadOnlyList<byte[]> Tokens { get; init; }

    /// <summary>Parts that begin one more level.</summary>
    public required IReadOnlyList<byte[]> Nestings { get; init; }

    /// <summary>Reads an input.</summary>
    public required Action<FuzzInput> Read { get; init; }

    /// <summary>Whether an exception of the reader is the documented one.</summary>
    public required Func<Exception, bool> IsDocumented { get; init; }

    /// <summary>Most bytes that reading one input may allocate, for each of its bytes and in addition.</summary>
    public (long PerByte, long More) Memory { get; init; } = (1000, 8 << 20);

    /// <summary>UTF-8 texts as parts of inputs.</summary>
    public static IReadOnlyList<byte[]> Texts(params IEnumerable<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Reads the undamaged inputs, then the damaged ones, and fails with a list of those that broke a rule.</summary>
    public void Run()
    {
        foreach (var input in Inputs)
        {
            Read(input);
        }

        var seed = ulong.Parse(Variable(SeedVariable) ?? $"{DefaultSeed}", CultureInfo.InvariantCulture);
        var only = Variable(InputVariable);
        var first = only is null ? 0 : ulong.Parse(only, CultureInfo.InvariantCulture);
        var end = first + (only is null ? ulong.Parse(Variable(CountVariable) ?? $"{DefaultCount}", CultureInfo.InvariantCulture) : 1);

        // A file that survives this process: after a stack overflow it has the number of the input.
        var place = Path.Combine(AppContext.BaseDirectory, $"fuzz-{Name.Replace(' ', '-')}.txt");
        var (current, accepted, failures) = (first, 0UL, new Dictionary<string, string>(StringComparer.Ordinal));
        var reading = new Thread(() =>
        {
            using var file = MemoryMappedFile.CreateFromFile(place, FileMode.Create, null, 80);
            using var text = file.CreateViewAccessor();
            var watch = Stopwatch.StartNew();
            for (; current < end && failures.Count < MostReported; current++)
            {
                var line = Encoding.ASCII.GetBytes($"{SeedVariable}={seed} {InputVariable}={current}\n".PadRight(80));
                text.WriteArray(0, line, 0, line.Length);
                var input = Input(seed, current);
                if (FlawOf(input, ref accepted) is var (kind, flaw))
                {
                    failures.TryAdd(kind, string.Create(CultureInfo.InvariantCulture, $"""
                        {SeedVariable}={seed} {InputVariable}={current}: {Name}, {input.Kind}, {input.Bytes.Length} bytes: {flaw}
                            {Content(input)}
                        """));
                }
            }

            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{Name}: {current - first} inputs, {accepted} accepted, {watch.Elapsed.TotalSeconds:F1} s");
        })
        { IsBackground = true, Name = Name };
        reading.Start();
        for (var before = current; !reading.Join(s_hang); before = current)
        {
            Assert.True(
                before != current,
                $"{SeedVariable}={seed} {InputVariable}={current}: {Name} hangs: {Content(Input(seed, current))}");
        }

        File.Delete(place);
        Assert.True(failures.Count == 0, string.Join('\n', failures.Values));
    }

    private FuzzInput Input(ulong seed, ulong number) => Damage.Of(RandomStream.Fork(seed, Name, number), Inputs, Tokens, Nestings);

    private static string Content(FuzzInput input)
    {
        var content = Convert.ToBase64String(input.Bytes);
        return content.Length <= 400 ? content : content[..400] + "...";
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;

    // The kind of flaw, so that each is reported once, and its description; null without a flaw.
    private (string Kind, string Flaw)? FlawOf(FuzzInput input, ref ulong accepted)
    {
        var (time, memory, thrown) = Measure(input);
        for (var repeat = 0; repeat < 2 && time > s_limit; repeat++)
        {
            // A busy machine is slow once, a reader always.
            time = TimeSpan.FromTicks(Math.Min(time.Ticks, Measure(input).Time.Ticks));
        }

        var most = Memory.More + (Memory.PerByte * input.Bytes.Length);
        accepted += thrown is null ? 1UL : 0;
        return thrown switch
        {
            not null when !IsDocumented(thrown) => (At(thrown), $"it threw {thrown}"),
            _ when time > s_limit => ("time", $"it took {time.TotalSeconds:F1} s ({thrown?.Message})"),
            _ when memory > most => ("memory", $"it allocated {memory} bytes, above {most} ({thrown?.Message})"),
            { Message: { } message } when message.Any(char.IsControl) =>
                ("line" + At(thrown), $"the message has control characters: {thrown}"),
            { Message.Length: > LongestMessage } => ("long" + At(thrown), $"the message has {thrown.Message.Length} characters: {thrown}"),
            _ => null,
        };
    }

    private (TimeSpan Time, long Memory, Exception? Thrown) Measure(FuzzInput input)
    {
        var (since, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        Exception? thrown = null;
        try
        {
            Read(input);
        }
#pragma warning disable CA1031 // Every exception is judged.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            thrown = exception;
        }

        return (Stopwatch.GetElapsedTime(since), GC.GetAllocatedBytesForCurrentThread() - before, thrown);
    }

    private static string At(Exception thrown)
    {
        var frames = (thrown.StackTrace ?? "").Split('\n');
        return $"{thrown.GetType()} {frames.FirstOrDefault(frame => frame.Contains("PlaNet.", StringComparison.Ordinal)) ?? frames[0]}";
    }
}
