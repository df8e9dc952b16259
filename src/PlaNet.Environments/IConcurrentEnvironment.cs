namespace PlaNet.Environments;

/// <summary>An environment that takes its steps elsewhere, so that one thread can have several of them step at the same time.</summary>
public interface IConcurrentEnvironment : IEnvironment
{
    /// <summary>Begins to take a decision, and returns before it is taken.</summary>
    /// <param name="action">As in <see cref="IEnvironment.Step"/>.</param>
    /// <exception cref="ArgumentException">The action has the wrong length, or a value outside its bounds.</exception>
    /// <exception cref="InvalidOperationException">No episode is running, or the last step was not ended.</exception>
    void BeginStep(ReadOnlySpan<float> action);

    /// <summary>Waits until the decision is taken.</summary>
    /// <returns>As <see cref="IEnvironment.Step"/>.</returns>
    /// <exception cref="InvalidOperationException">No step was begun.</exception>
    StepResult EndStep();
}
