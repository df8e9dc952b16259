namespace PlaNet.Cli;

/// <summary>The user's input is invalid. The message is one line: the value, the rule that it breaks, and the remedy.</summary>
public sealed class UnusableInputException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    public UnusableInputException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception from another failure.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    /// <param name="innerException">The original failure.</param>
    public UnusableInputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Converts a library's refusal of an argument; drops the .NET parameter name from its message.</summary>
    internal static UnusableInputException From(ArgumentException refusal) => new(refusal.Message.Split(" (Parameter")[0], refusal);
}
