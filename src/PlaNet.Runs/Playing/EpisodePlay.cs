using System.Collections.Immutable;
using PlaNet.Environments;
using PlaNet.Replay;

namespace PlaNet.Runs.Playing;

/// <summary>
/// Episodes played synchronously, one per environment, as an immutable value: the transitions so far and the pending requests. The caller
/// queries the environments and the policy; this value determines which of them is next.
/// </summary>
public sealed record EpisodePlay
{
    private readonly ImmutableArray<EpisodeSlot> _slots;
    private readonly IReadOnlyList<float[]>? _actions;

    private EpisodePlay(ImmutableArray<EpisodeSlot> slots, IReadOnlyList<float[]>? actions)
    {
        (_slots, _actions) = (slots, actions);
    }

    /// <summary>Indices of the environments whose next observation is pending.</summary>
    public IEnumerable<int> Waiting => Enumerable.Range(0, _slots.Length).Where(index => _slots[index].Waiting);

    /// <summary>Whether every episode has ended.</summary>
    public bool IsOver => _slots.All(slot => slot.Ended);

    /// <summary>Whether the policy must decide: no observation is pending, and not all episodes have ended.</summary>
    public bool NeedsActions => !IsOver && !_slots.Any(slot => slot.Waiting);

    /// <summary>Number of decisions so far.</summary>
    public int Decisions => _slots.Max(slot => slot.Transitions.Count) - 1;

    /// <summary>The latest observation of each environment, as the policy gets it.</summary>
    public IReadOnlyList<Percept> Percepts => [.. _slots.Select(slot => PerceptOf(slot.Transitions[^1].Step.Observation))];

    /// <summary>The initial state: all environments are being reset.</summary>
    /// <param name="environments">Number of environments, at least 1.</param>
    public static EpisodePlay Begin(int environments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(environments, 1);
        return new EpisodePlay([.. Enumerable.Repeat(new EpisodeSlot([], Waiting: true), environments)], null);
    }

    /// <summary>Records the result of a reset or step of an environment.</summary>
    /// <param name="environment">Index of the environment.</param>
    /// <param name="step">Result of the step; for a reset with reward 0.</param>
    /// <exception cref="InvalidOperationException">The environment has no pending observation.</exception>
    public EpisodePlay Observe(int environment, StepResult step)
    {
        var slot = _slots[environment];
        if (!slot.Waiting)
        {
            throw new InvalidOperationException(
                $"Environment {environment} has no pending observation: call Decide before the next Observe.");
        }

        var transitions = slot.Transitions.Add(new Transition(_actions?[environment], step));
        return new EpisodePlay(_slots.SetItem(environment, new EpisodeSlot(transitions, Waiting: false)), _actions);
    }

    /// <summary>Records the actions of the policy. Environments whose episodes have not ended must step next.</summary>
    /// <param name="actions">One action per environment; those of ended episodes are ignored.</param>
    public EpisodePlay Decide(IReadOnlyList<float[]> actions)
    {
        return new EpisodePlay([.. _slots.Select(slot => slot.Ended ? slot : slot with { Waiting = true })], actions);
    }

    /// <summary>The next action of an environment; null for its reset.</summary>
    /// <param name="environment">Index of the environment.</param>
    public float[]? ActionOf(int environment) => _actions?[environment];

    /// <summary>Reward of the last step of an environment; null after its reset and after the end of its episode.</summary>
    /// <param name="environment">Index of the environment.</param>
    public double? LastReward(int environment) =>
        _slots[environment] is { Ended: false, Transitions: { Count: > 1 } transitions } ? transitions[^1].Step.Reward : null;

    /// <summary>Sum of the rewards so far.</summary>
    /// <param name="environment">Index of the environment.</param>
    public double Return(int environment) => _slots[environment].Transitions.Sum(transition => transition.Step.Reward);

    /// <summary>An observation as a policy gets it: its state vectors one after the other, in the ordinal order of their names.</summary>
    /// <param name="observation">An observation of an environment.</param>
    public static Percept PerceptOf(Observation observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        var states = observation.States.OrderBy(state => state.Key, StringComparer.Ordinal);
        return new Percept(observation.Image ?? [], [.. states.SelectMany(state => state.Value)]);
    }

    /// <summary>Shape of the images of an environment's episodes.</summary>
    /// <param name="spec">Specification of the environment.</param>
    public static ImageShape ShapeOf(EnvironmentSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Image is { } image ? new ImageShape(image.Height, image.Width, image.Channels) : ImageShape.None;
    }

    /// <summary>Builds the episode of an environment for the replay buffer.</summary>
    /// <param name="environment">Index of the environment.</param>
    /// <param name="spec">Specification of the environment.</param>
    /// <param name="time">Clock of the time stamp in the episode's name.</param>
    /// <param name="seed">Seed of the environment's reset.</param>
    /// <param name="weightsVersion">Version of the weights that chose the actions, in updates; null for random actions.</param>
    public Episode Record(int environment, EnvironmentSpec spec, TimeProvider time, ulong seed, long? weightsVersion)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var builder = new EpisodeBuilder(
            ShapeOf(spec),
            spec.Action.Size,
            spec.States.Select(state => state.Name));
        foreach (var (action, step) in _slots[environment].Transitions)
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

        // Files of tasks that never terminate stay as they were before there were flags.
        var last = _slots[environment].Transitions[^1].Step;
        EpisodeEnd? end = last.Terminated ? EpisodeEnd.Terminated : spec.Terminates ? EpisodeEnd.Truncated : null;
        return builder.Build(EpisodeName.Create(time, seed), seed, weightsVersion, end);
    }

    /// <summary>The episode of one environment.</summary>
    /// <param name="Transitions">The transitions so far, the reset first.</param>
    /// <param name="Waiting">Whether the next observation is pending.</param>
    private sealed record EpisodeSlot(ImmutableList<Transition> Transitions, bool Waiting)
    {
        public bool Ended => !Waiting && Transitions[^1].Step.Ended;
    }

    /// <summary>An action and its result.</summary>
    /// <param name="Action">The action; null for the reset.</param>
    /// <param name="Step">Result of the action.</param>
    private readonly record struct Transition(float[]? Action, StepResult Step);
}
