namespace PlaNet.Experiments;

/// <summary>An experiment, or a change to one, that cannot be used. The message is one line: the value, the rule it breaks and the remedy.</summary>
public sealed class ExperimentException : Exception
{
    /// <summary>An experiment cannot be used.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    public ExperimentException(string message)
        : base(message)
    {
    }

    /// <summary>An experiment cannot be used because of another failure.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    /// <param name="innerException">What was found first.</param>
    public ExperimentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
