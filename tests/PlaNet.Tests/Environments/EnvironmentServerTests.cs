using System.Text;
using PlaNet.Environments;
using PlaNet.Environments.Processes;

namespace PlaNet.Tests.Environments;

/// <summary>The server side of the environment protocol, with memory streams instead of pipes.</summary>
public sealed class EnvironmentServerTests
{
    [Fact]
    public void Invalid_requests_are_answered_with_an_error_and_serving_continues()
    {
        using var environment = TaskRegistry.Create("reacher_easy");
        var lines = Answers(
            environment,
            "not JSON",
            """{"do":"jump"}""",
            """{"do":"reset","seed":-1}""",
            """{"do":"step","action":[0,0]}""",
            """{"do":"reset","seed":3}""",
            """{"do":"step","action":[0]}""",
            """{"do":"step","action":[0,7]}""",
            """{"do":"step","action":[0,0.5]}""",
            """{"do":"close"}""",
            """{"do":"reset","seed":3}""");
        string[] expected =
        [
            "\"protocol\":\"planet-environment/1\"", "a JSON object was expected", "must be reset, step or close", "0 to 2^64 - 1",
            "call Reset first",
            "\"bytes\":24}", "takes 2 action values but was given 1", "must lie in [-1, 1]", "\"reward\":",
        ];
        Assert.Equal(expected.Length, lines.Count);
        Assert.All(expected.Zip(lines), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.Equal(6, lines.Count(line => line.StartsWith("{\"error\":", StringComparison.Ordinal)));
    }

    [Fact]
    public void Errors_say_what_is_wrong_with_the_request_in_the_words_of_the_client()
    {
        using var environment = new Stub(() => throw new ArgumentException("too fast: brake", "action"));
        var longest = "{\"do\":\"reset\",\"seed\":1}".PadRight(65536);
        var lines = Answers(
            environment,
            "'not JSON'",
            """{"do":"step","action":[NaN]}""",
            longest,
            longest + " ",
            """{"do":"step","action":[0]}""",
            longest + longest + longest,
            """{"do":"reset","seed":2}""");
        Assert.Equal(
            [
                """{"error":"the client sent ''not JSON'' where a JSON object was expected: send each request as one JSON object on a line of its own"}""",
                """{"error":"the client sent the value NaN in \"action\", which must hold finite numbers only"}""",
                """{"bytes":4}""",
                """{"error":"the client sent a line of more than 65536 bytes, which is skipped: send one request on each line"}""",
                """{"error":"too fast: brake"}""",
                """{"error":"the client sent a line of more than 65536 bytes, which is skipped: send one request on each line"}""",
                """{"bytes":4}""",
            ],
            lines.Skip(1));
    }

    [Fact]
    public void A_choice_is_served_by_its_index_and_every_other_form_is_refused()
    {
        var received = new List<float[]>();
        using var environment = new Stub(() => { }) { Spec = Stub.Choices, Received = received };
        var lines = Answers(
            environment,
            """{"do":"reset","seed":1}""",
            """{"do":"step","action":2}""",
            """{"do":"step","action":3}""",
            """{"do":"step","action":-1}""",
            """{"do":"step","action":0.5}""",
            """{"do":"step","action":[0,0,1]}""",
            """{"do":"step","action":0}""");
        Assert.Contains("\"action\":{\"choices\":3}", lines[0], StringComparison.Ordinal);
        Assert.Equal("""{"error":"There is no choice 3: it must be a whole number from 0 to 2."}""", lines[3]);
        Assert.Contains("sent \\\"action\\\" as -1, which must be a whole number", lines[4], StringComparison.Ordinal);
        Assert.Contains("sent \\\"action\\\" as 0.5, which must be a whole number", lines[5], StringComparison.Ordinal);
        Assert.Contains("has 3 choices: send the index of one, from 0 to 2", lines[6], StringComparison.Ordinal);
        Assert.Equal([[0, 0, 1], [1, 0, 0]], received);
        using var continuous = new Stub(() => { });
        Assert.Contains(
            "is an array: send 1 in square brackets",
            Answers(continuous, """{"do":"reset","seed":1}""", """{"do":"step","action":0}""")[2],
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_simulator_that_fails_is_reported_and_can_be_reset()
    {
        using var environment = new Stub(() => throw new InvalidOperationException("unstable"));
        var lines = Answers(environment, """{"do":"reset","seed":1}""", """{"do":"step","action":[0]}""", """{"do":"reset","seed":2}""");
        Assert.Equal("""{"error":"unstable"}""", lines[2]);
        Assert.Equal("""{"bytes":4}""", lines[3]);
    }

    [Fact]
    public async Task A_step_that_hangs_after_the_input_has_ended_is_reported()
    {
        using var forever = new ManualResetEventSlim();
        using var environment = new Stub(forever.Wait);
        using var input = new MemoryStream("{\"do\":\"reset\",\"seed\":1}\n{\"do\":\"step\",\"action\":[0]}\n"u8.ToArray());
        using var output = new MemoryStream();
        var abandoned = new TaskCompletionSource();
        var serving = Task.Run(
            () => EnvironmentServer.Serve(environment, input, output, abandoned.SetResult),
            TestContext.Current.CancellationToken);
        await abandoned.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.False(serving.IsCompleted);
        forever.Set();
        await serving;
    }

    // Only the JSON lines; each announces the size of the observation that follows it, which is skipped.
    private static List<string> Answers(IEnvironment environment, params string[] requests)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', requests) + "\n"));
        using var output = new MemoryStream();
        EnvironmentServer.Serve(environment, input, output, () => Assert.Fail("The server did not end."));
        var lines = new List<string>();
        var rest = output.ToArray().AsSpan();
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            lines.Add(Encoding.UTF8.GetString(rest[..end]));
            using var head = System.Text.Json.JsonDocument.Parse(lines[^1]);
            var bytes = head.RootElement.TryGetProperty("bytes", out var count) ? count.GetInt32() : 0;
            rest = rest[(end + 1 + bytes)..];
        }

        return lines;
    }

    private sealed class Stub(Action step) : IEnvironment
    {
        public static EnvironmentSpec Choices { get; } = new("stub", ActionSpec.Discrete(3), null, [new StateSpec("x", 1)], 10);

        public EnvironmentSpec Spec { get; init; } = new("stub", ActionSpec.Unit(1), null, [new StateSpec("x", 1)], 10);

        public List<float[]> Received { get; init; } = [];

        public Observation Reset(ulong seed) => new(null, new Dictionary<string, float[]> { ["x"] = [seed] });

        public StepResult Step(ReadOnlySpan<float> action)
        {
            step();
            Received.Add(action.ToArray());
            return new StepResult(Reset(0), 0, Terminated: false, Truncated: false);
        }

        public void Dispose()
        {
        }
    }
}
