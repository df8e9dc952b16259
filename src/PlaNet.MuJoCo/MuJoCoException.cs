namespace PlaNet.MuJoCo;

/// <summary>An error or a physics warning of MuJoCo, or an error of the libraries it needs. The message contains the native text.</summary>
/// <param name="message">What went wrong, with a remedy where there is one.</param>
/// <param name="innerException">The original exception, or null.</param>
public class MuJoCoException(string message, Exception? innerException = null) : Exception(message, innerException);
