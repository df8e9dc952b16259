using System.Diagnostics;

namespace PlaNet;

/// <summary>
/// The phases of an update and of a decision as activities of .NET, which cost next to nothing while nobody listens.
/// <c>planet profile</c> listens (docs/performance.md), and exporters of traces can.
/// </summary>
public static class Phases
{
    /// <summary>Name of the activity source.</summary>
    public const string SourceName = "PlaNet.Agent";

    /// <summary>Name of the activity of a whole update.</summary>
    internal const string Update = "update";

    /// <summary>Name of the activity of a whole decision.</summary>
    internal const string Decision = "decision";

    /// <summary>Name of the activity of an update's backward pass. Its parts are events of the update's activity.</summary>
    internal const string Backward = "backward";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Begins a phase, which ends when the result is disposed.</summary>
    /// <param name="name">Name of the phase.</param>
    /// <returns>Null if nobody listens.</returns>
    internal static Activity? Begin(string name) => s_source.StartActivity(name);

    /// <summary>Computes something as a phase.</summary>
    /// <param name="name">Name of the phase.</param>
    /// <param name="work">Computes the result.</param>
    internal static T In<T>(string name, Func<T> work)
    {
        using var phase = Begin(name);
        return work();
    }

    /// <summary>Does something as a phase.</summary>
    /// <param name="name">Name of the phase.</param>
    /// <param name="work">The work.</param>
    internal static void In(string name, Action work)
    {
        using var phase = Begin(name);
        work();
    }

    /// <summary>
    /// Marks where the backward pass enters a part of the model: an event of the current activity when the gradient of the part's output is
    /// complete.
    /// </summary>
    /// <param name="output">Output of the part.</param>
    /// <param name="part">Name of the part.</param>
    /// <returns>The same values.</returns>
    internal static Tensor MarkBackward(Tensor output, string part)
    {
        return Activity.Current is { } activity && activity.Source == s_source && output.requires_grad
            ? Mark.apply(output, part, activity)
            : output;
    }

    private sealed class Mark : autograd.SingleTensorFunction<Mark>
    {
        public override string Name => nameof(Mark);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            ctx.save_data("part", vars[1]);
            ctx.save_data("activity", vars[2]);
            return ((Tensor)vars[0]).alias();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            ((Activity)ctx.get_data("activity")).AddEvent(new ActivityEvent((string)ctx.get_data("part")));
            return [grad_output.alias(), null!, null!];
        }
    }
}
