using PlaNet.Environments;
using PlaNet.Environments.Processes;

namespace PlaNet.Tests.Environments;

/// <summary>Lines of an environment program that are valid JSON, but not of the protocol.</summary>
public sealed class ProcessProtocolTests
{
    private static readonly EnvironmentSpec s_spec = new("own", ActionSpec.Unit(1), new ImageSpec(2, 2), [], 10);

    [Theory]
    [InlineData("\"own\"", "\"\\ud800\"", "half of a surrogate pair")]
    [InlineData("\"task\"", "\"\\ud800\"", "half of a surrogate pair")]
    [InlineData("\"own\"", "0", "sent \"task\" as 0, which must be a non-empty string")]
    public void A_description_with_a_text_that_is_none_is_refused(string part, string damaged, string reason)
    {
        var hello = ProcessProtocol.Hello(s_spec).Replace(part, damaged, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<FormatException>(() => ProcessProtocol.ReadHello(hello)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whether_episodes_terminate_is_announced_only_where_they_do_so_that_older_clients_read_the_line()
    {
        var (plain, ending) = (ProcessProtocol.Hello(s_spec), ProcessProtocol.Hello(s_spec with { Terminates = true }));
        Assert.DoesNotContain("terminates", plain, StringComparison.Ordinal);
        Assert.Contains("\"terminates\":true", ending, StringComparison.Ordinal);
        Assert.Equal((false, true), (ProcessProtocol.ReadHello(plain).Terminates, ProcessProtocol.ReadHello(ending).Terminates));
        var wrong = ending.Replace("\"terminates\":true", "\"terminates\":1", StringComparison.Ordinal);
        Assert.Contains(
            "sent \"terminates\" as 1, which must be true or false",
            Assert.Throws<FormatException>(() => ProcessProtocol.ReadHello(wrong)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_are_announced_for_grey_images_so_that_older_clients_read_the_line_of_others()
    {
        var (colour, grey) = (ProcessProtocol.Hello(s_spec), ProcessProtocol.Hello(s_spec with { Image = new ImageSpec(2, 2, 1) }));
        Assert.DoesNotContain("channels", colour, StringComparison.Ordinal);
        Assert.Contains("\"channels\":1", grey, StringComparison.Ordinal);
        Assert.Equal(s_spec.Image, ProcessProtocol.ReadHello(colour).Image);
        var spec = ProcessProtocol.ReadHello(grey);
        Assert.Equal(new ImageSpec(2, 2, 1), spec.Image);
        Assert.Equal("an image of 2x2x1", ProcessProtocol.ObservationParts(spec));
        Assert.Equal(4, ProcessProtocol.ObservationBytes(spec));
        var three = grey.Replace("\"channels\":1", "\"channels\":3", StringComparison.Ordinal);
        Assert.Equal(s_spec.Image, ProcessProtocol.ReadHello(three).Image);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    [InlineData("4")]
    [InlineData("1.5")]
    [InlineData("\"1\"")]
    [InlineData("null")]
    public void Other_channels_are_refused(string channels)
    {
        var hello = ProcessProtocol.Hello(s_spec with { Image = new ImageSpec(2, 2, 1) })
            .Replace("\"channels\":1", $"\"channels\":{channels}", StringComparison.Ordinal);
        Assert.Contains(
            $"sent \"channels\" as {channels}, which must be 3 for red, green and blue, or 1 for grey",
            Assert.Throws<FormatException>(() => ProcessProtocol.ReadHello(hello)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Choices_are_announced_in_place_of_bounds_and_answered_by_their_index()
    {
        var hello = ProcessProtocol.Hello(s_spec with { Action = ActionSpec.Discrete(3) });
        Assert.Contains("\"action\":{\"choices\":3}", hello, StringComparison.Ordinal);
        var action = ProcessProtocol.ReadHello(hello).Action;
        Assert.True(action.IsDiscrete);
        Assert.Equal(3, action.Size);
        Assert.False(ProcessProtocol.ReadHello(ProcessProtocol.Hello(s_spec)).Action.IsDiscrete);
        Assert.Equal("{\"do\":\"step\",\"action\":2}", ProcessProtocol.Step(2));
        Assert.Equal(2, ProcessProtocol.ReadRequest(ProcessProtocol.Step(2)).Choice);
        Assert.Null(ProcessProtocol.ReadRequest(ProcessProtocol.Step([2])).Choice);
    }

    [Theory]
    [InlineData("{\"choices\":1}", "sent \"choices\" as 1, which must be a whole number from 2 to 1024")]
    [InlineData("{\"choices\":1025}", "sent \"choices\" as 1025, which must be a whole number from 2 to 1024")]
    [InlineData("{\"choices\":2.5}", "sent \"choices\" as 2.5, which must be a whole number from 2 to 1024")]
    [InlineData("{\"choices\":\"2\"}", "sent \"choices\" as \"2\", which must be a whole number from 2 to 1024")]
    [InlineData("{\"choices\":null}", "sent \"choices\" as null, which must be a whole number from 2 to 1024")]
    [InlineData("{\"choices\":2,\"low\":[0]}", "which must have either \"choices\" or \"low\" and \"high\"")]
    [InlineData("{\"choices\":2,\"high\":[0]}", "which must have either \"choices\" or \"low\" and \"high\"")]
    [InlineData("3", "sent '3', which lacks \"low\"")]
    [InlineData("{}", "lacks \"low\"")]
    public void Choices_that_are_none_are_refused(string action, string reason)
    {
        var hello = ProcessProtocol.Hello(s_spec with { Action = ActionSpec.Discrete(3) })
            .Replace("{\"choices\":3}", action, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<FormatException>(() => ProcessProtocol.ReadHello(hello)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1e30f, 1e30f)]
    [InlineData(-3.4e38f, 3.4e38f)]
    [InlineData(-1e30f, 1)]
    [InlineData(0, 1e-45f)]
    [InlineData(1e30f, 2e30f)]
    public void Bounds_of_any_finite_size_are_announced(float low, float high)
    {
        var action = ProcessProtocol.ReadHello(ProcessProtocol.Hello(s_spec with { Action = new ActionSpec([low], [high]) })).Action;
        Assert.Equal((low, high), (action.Low[0], action.High[0]));
    }

    [Fact]
    public void Observations_of_gigabytes_are_refused_before_memory_is_reserved()
    {
        var states = Enumerable.Range(0, 3000).Select(number => new StateSpec($"s{number}", 1 << 20)).ToArray();
        var refusal = Assert.Throws<FormatException>(
            () => ProcessProtocol.ReadHello(ProcessProtocol.Hello(s_spec with { States = states })));
        Assert.Equal(
            "describes observations of 12582912012 bytes, which may have at most 67108864: describe fewer states",
            refusal.Message);
    }

    [Fact]
    public void Foreign_text_appears_on_one_line_and_shortened()
    {
        var error = Assert.Throws<PassingFormatException>(
            () => ProcessProtocol.ReadAnswer(ProcessProtocol.Error("a\nb" + new string('c', 9000)), step: true));
        Assert.StartsWith("reports an error: a bccc", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 900, 1100);
        var number = Assert.Throws<FormatException>(
            () => ProcessProtocol.ReadAnswer($"{{\"bytes\":{new string('9', 9000)}}}", step: false));
        Assert.InRange(number.Message.Length, 100, 300);
    }

    [Fact]
    public void The_longest_episode_has_a_positive_number_of_decisions()
    {
        var spec = ProcessProtocol.ReadHello(ProcessProtocol.Hello(s_spec with { ControlSteps = int.MaxValue, ActionRepeat = 3 }));
        Assert.Equal(715827883, spec.Decisions);
    }
}
