using PlaNet.Replay;

namespace PlaNet.Tests.Replay;

public sealed class EpisodeRuleTests
{
    private static readonly EpisodeRule s_choices = new(new ImageShape(1, 1), ActionSize: 2) { IsDiscrete = true };

    [Theory]
    [InlineData(1, 0, null)]
    [InlineData(0, 1, null)]
    [InlineData(0, 0, "the action of row 1 is [0, 0], but must be one of 2 choices")]
    [InlineData(1, 1, "the action of row 1 is [1, 1], but must be one of 2 choices")]
    [InlineData(0.5, 0.5, "the action of row 1 is [0.5, 0.5], but must be one of 2 choices")]
    [InlineData(1, -1, "the action of row 1 is [1, -1], but must be one of 2 choices")]
    [InlineData(2, 0, "action 0 of row 1 is 2, but actions must lie in [-1, 1]")]
    public void Of_choices_each_action_after_the_reset_is_one_hot(float first, float second, string? flaw)
    {
        var episode = new Episode("one", new ImageShape(1, 1), 2, new byte[6], [0, 0, first, second], new float[2]);
        var found = s_choices.FlawOf(episode);
        if (flaw is null)
        {
            Assert.Null(found);
        }
        else
        {
            Assert.StartsWith(flaw, found, StringComparison.Ordinal);
        }

        // Bounded numbers may be anything in between.
        Assert.Equal(first > 1, (s_choices with { IsDiscrete = false }).FlawOf(episode) is not null);
    }
}
