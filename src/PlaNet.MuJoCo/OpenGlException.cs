namespace PlaNet.MuJoCo;

/// <summary>Nothing can be rendered on this machine, or with its environment variables. Trying again does not help.</summary>
/// <param name="message">One line with the remedy.</param>
public sealed class OpenGlException(string message) : MuJoCoException(message);
