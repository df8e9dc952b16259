using System.Collections.Immutable;
using PlaNet.Environments;
using PlaNet.Replay;

namespace PlaNet.Runs.Playing;

/// <summary>
/// Episodes that are played in step, one in each environment: what has happened so far and what is due, as a value. Whoever plays asks the
/// environments and the policy; this says whom to ask next.
/// </summary>
public sealed record EpisodePlay
{
    private readonly ImmutableArray<Seat> _seats;
    private readonly IReadOnlyList<float[]>? _actions;

    private EpisodePlay(ImmutableArray<Seat> seats, IReadOnlyList<float[]>? actions)
    {
        (_seats, _actions) = (seats, actions);
    }

    /// <summary>Environments that owe an observation.</summary>
    public IEnumerable<int> Waiting => Enumerable.Range(0, _seats.Length).Where(index => _seats[index].Waiting);

    /// <summary>Whether every episode has ended.</summary>
    public bool IsOver => _seats.All(seat => seat.Ended);

    /// <summary>Whether the policy is to decide: every environment has shown something, and not every episode has ended.</summary>
    public bool NeedsActions => !IsOver && !_seats.Any(seat => seat.Waiting);

    /// <summary>Decisions made.</summary>
    public int Decisions => _seats.Max(seat => seat.Moments.Count) - 1;

    /// <summary>What each environment showed last, [height, width, 3] of uint8; empty where an environment has no image.</summary>
    public IReadOnlyList<byte[]> Images => [.. _seats.Select(seat => seat.Moments[^1].Step.Observation.Image ?? [])];

    /// <summary>The beginning: every environment is being reset.</summary>
    /// <param name="environments">Their number, at least 1.</param>
    public static EpisodePlay Begin(int environments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(environments, 1);
        return new EpisodePlay([.. Enumerable.Repeat(new Seat([], Waiting: true), environments)], null);
    }

    /// <summary>An environment has been reset, or has taken its step.</summary>
    /// <param name="environment">Which.</param>
    /// <param name="step">What it showed; at a reset without reward.</param>
    /// <exception cref="InvalidOperationException">Nothing was due from it.</exception>
    public EpisodePlay Observe(int environment, StepResult step)
    {
        var seat = _seats[environment];
        return seat.Waiting
            ? new EpisodePlay(_seats.SetItem(environment, new Seat(seat.Moments.Add(new Moment(_actions?[environment], step)), Waiting: false)), _actions)
            : throw new InvalidOperationException($"Environment {environment} owes no observation.");
    }

    /// <summary>The policy has decided; environments whose episodes have not ended are to take their step.</summary>
    /// <param name="actions">One for each environment; those of ended episodes are not read.</param>
    public EpisodePlay Decide(IReadOnlyList<float[]> actions)
    {
        return new EpisodePlay([.. _seats.Select(seat => seat.Ended ? seat : seat with { Waiting = true })], actions);
    }

    /// <summary>The action an environment is to take; null at its reset.</summary>
    /// <param name="environment">Which.</param>
    public float[]? ActionOf(int environment) => _actions?[environment];

    /// <summary>Reward summed so far.</summary>
    /// <param name="environment">In which environment.</param>
    public double Return(int environment) => _seats[environment].Moments.Sum(moment => moment.Step.Reward);

    /// <summary>The episode of an environment as it is stored.</summary>
    /// <param name="environment">Which.</param>
    /// <param name="spec">What the environment takes and gives, images included.</param>
    /// <param name="time">The clock of the episode's name.</param>
    /// <param name="seed">Seed of the environment's reset.</param>
    /// <param name="weightsVersion">Updates of the weights that acted; null for random actions.</param>
    /// <exception cref="InvalidOperationException">The environment shows no image.</exception>
    public Episode Record(int environment, EnvironmentSpec spec, TimeProvider time, ulong seed, long? weightsVersion)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Image is null)
        {
            throw new InvalidOperationException($"The environment {spec.Task} shows no image: wrap it in PixelObservation.");
        }

        var builder = new EpisodeBuilder(new ImageShape(spec.Image.Height, spec.Image.Width), spec.Action.Size, spec.States.Select(state => state.Name));
        foreach (var (action, step) in _seats[environment].Moments)
        {
            if (action is null)
            {
                builder.Reset(step.Observation.Image, step.Observation.States);
            }
            else
            {
                builder.Add(action, (float)step.Reward, step.Observation.Image, step.Observation.States);
            }
        }

        return builder.Build(EpisodeName.Create(time, seed), seed, weightsVersion);
    }

    /// <summary>An episode that is played.</summary>
    /// <param name="Moments">What happened so far.</param>
    /// <param name="Waiting">Whether the environment owes an observation.</param>
    private sealed record Seat(ImmutableList<Moment> Moments, bool Waiting)
    {
        public bool Ended => !Waiting && Moments[^1].Step.Ended;
    }

    /// <summary>A step of an episode.</summary>
    /// <param name="Action">What was done; null at the reset.</param>
    /// <param name="Step">What it led to.</param>
    private readonly record struct Moment(float[]? Action, StepResult Step);
}
