namespace PlaNet.Telemetry.Pictures;

/// <summary>ffmpeg did not make a file.</summary>
/// <param name="message">The reason, in one line.</param>
/// <param name="innerException">The cause, if any. Default null.</param>
public sealed class FfmpegException(string message, Exception? innerException = null) : Exception(message, innerException);
