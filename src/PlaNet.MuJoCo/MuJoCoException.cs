namespace PlaNet.MuJoCo;

/// <summary>An error or a physics warning of MuJoCo, or of the libraries it needs; the message is the native one.</summary>
/// <param name="message">What went wrong, with a remedy where there is one.</param>
/// <param name="innerException">The cause, if it was an exception.</param>
public sealed class MuJoCoException(string message, Exception? innerException = null) : Exception(message, innerException);
