using PlaNet.Environments;
using PlaNet.Runs.Messages;
using PlaNet.Training;

namespace PlaNet.Runs.Roles;

/// <summary>One environment, on a thread of its own: a simulator that draws knows the thread it was made on and no other.</summary>
public static class SimulatedEnvironment
{
    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    /// <param name="index">Which of the collector's environments.</param>
    public static Props Props(RunParts parts, int index)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var thread = $"environment-{index}";
        return Actors.Props.Of<IEnvironment?>(
            _ => Next.With<IEnvironment?>(null, new Run(thread, _ => Tasks.Create(parts.Experiment.Task))),
            (environment, message, context) => message switch
            {
                IEnvironment made => Next.With<IEnvironment?>(made, new Tell(context.Parent, new EnvironmentReady(index))),
                ResetEnvironment order => Next.With(environment, new Run(thread, _ => new Observed(
                    order.Play, index, new StepResult(environment!.Reset(order.Seed), 0, false, false), parts.Time.GetTimestamp()))),
                StepEnvironment order => Next.With(environment, new Run(thread, _ => new Observed(
                    order.Play, index, environment!.Step(order.Action), parts.Time.GetTimestamp()))),
                Observed => Next.With(environment, new Tell(context.Parent, message)),
                _ => Next.With(environment),
            },
            environment => environment is null
                ? []
                : [new Run(thread, _ =>
                {
                    environment.Dispose();
                    return null;
                })]);
    }
}
