namespace PlaNet.Torch;

/// <summary>What kind of error libtorch reported.</summary>
public enum TorchErrorKind
{
    /// <summary>The error did not come out of libtorch: the binding itself refused something.</summary>
    Binding = 0,

    /// <summary>A check in libtorch failed: shapes, types or devices do not fit.</summary>
    Torch = 1,

    /// <summary>An index or dimension is out of range.</summary>
    Index = 2,

    /// <summary>The operator exists but not for this type or device.</summary>
    NotImplemented = 3,

    /// <summary>The device or the machine has no memory left.</summary>
    OutOfMemory = 4,

    /// <summary>Another C++ exception.</summary>
    Other = 5,
}

/// <summary>An error from libtorch, with its own message, or from the binding over it.</summary>
public sealed class TorchException : Exception
{
    /// <summary>Creates an error of the binding itself.</summary>
    /// <param name="message">What is wrong and what to do about it.</param>
    /// <param name="innerException">The cause, if any.</param>
    public TorchException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an error that libtorch reported.</summary>
    /// <param name="kind">The kind of error.</param>
    /// <param name="message">libtorch's message.</param>
    public TorchException(TorchErrorKind kind, string message)
        : base(message) => Kind = kind;

    /// <summary>What kind of error this is.</summary>
    public TorchErrorKind Kind { get; }
}
