using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Forwards Akka's own log lines to the log of the <see cref="RoleSystem"/>. Akka creates it because <c>akka.loggers</c> names it.
/// </summary>
public sealed class AkkaLog : ReceiveActor
{
    /// <summary>Called by Akka when the actor system starts.</summary>
    public AkkaLog()
    {
        var log = Context.System.Settings.Setup.Get<LogSetup>().Value;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized(), Self));
        Receive<LogEvent>(logged => log.Write(
            new LogLine(logged.LogLevel(), logged.LogSource, logged.Message.ToString() ?? "", logged.Cause) { IsFromAkka = true }));
    }

    /// <summary>Setup of an actor system that logs to a delegate. A <see cref="RoleSystem"/> adds it itself.</summary>
    /// <param name="write">Receives all lines, on any thread. Must not throw.</param>
    public static Setup To(Action<LogLine> write) => new LogSetup(write);

    /// <summary>Holds the delegate that receives the lines.</summary>
    /// <param name="write">Receives all lines, on any thread. Must not throw.</param>
    internal sealed class LogSetup(Action<LogLine> write) : Setup
    {
        public Action<LogLine> Write => write;
    }
}
