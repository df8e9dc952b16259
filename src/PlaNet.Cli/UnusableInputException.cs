namespace PlaNet.Cli;

/// <summary>What the user asked for cannot be done as asked. The message is one line: the value, the rule it breaks and the remedy.</summary>
public sealed class UnusableInputException : Exception
{
    /// <summary>Input that cannot be used.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    public UnusableInputException(string message)
        : base(message)
    {
    }

    /// <summary>Input that cannot be used because of another failure.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    /// <param name="innerException">What was found first.</param>
    public UnusableInputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
