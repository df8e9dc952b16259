namespace PlaNet.Experiments;

/// <summary>An experiment, or an override, is invalid. The message is one line: the value, the rule it breaks and the remedy.</summary>
public sealed class ExperimentException : Exception
{
    /// <summary>An experiment is invalid.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    public ExperimentException(string message)
        : base(message)
    {
    }

    /// <summary>An experiment is invalid because of another error.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    /// <param name="innerException">The error that caused this one.</param>
    public ExperimentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
