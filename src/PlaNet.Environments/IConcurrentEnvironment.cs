namespace PlaNet.Environments;

/// <summary>An environment that steps asynchronously, so that one thread can step several environments in parallel.</summary>
public interface IConcurrentEnvironment : IEnvironment
{
    /// <summary>Starts a step and returns before it has finished.</summary>
    /// <param name="action">As in <see cref="IEnvironment.Step"/>.</param>
    /// <exception cref="ArgumentException">The action has the wrong length, or a value outside its bounds.</exception>
    /// <exception cref="InvalidOperationException">No episode is running, or a step is already in progress.</exception>
    void BeginStep(ReadOnlySpan<float> action);

    /// <summary>Waits until the step started by <see cref="BeginStep"/> has finished.</summary>
    /// <returns>As <see cref="IEnvironment.Step"/>.</returns>
    /// <exception cref="InvalidOperationException"><see cref="BeginStep"/> was not called.</exception>
    StepResult EndStep();
}
