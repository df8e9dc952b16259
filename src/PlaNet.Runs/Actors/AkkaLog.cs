using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;

namespace PlaNet.Runs.Actors;

/// <summary>Hands what Akka itself logs to the log of the <see cref="RoleSystem"/>. Named in the setting <c>akka.loggers</c>, made by Akka.</summary>
public sealed class AkkaLog : ReceiveActor
{
    /// <summary>Made by Akka when the system starts.</summary>
    public AkkaLog()
    {
        var log = Context.System.Settings.Setup.Get<LogSetup>().Value;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized(), Self));
        Receive<LogEvent>(logged => log.Write(
            new LogLine(logged.LogLevel(), logged.LogSource, logged.Message.ToString() ?? "", logged.Cause) { IsOfAkka = true }));
    }

    /// <summary>What an actor system is made with so that its log goes somewhere; a <see cref="RoleSystem"/> adds it by itself.</summary>
    /// <param name="write">Told every line, on any thread. Must not throw.</param>
    public static Setup To(Action<LogLine> write) => new LogSetup(write);

    /// <summary>Where the lines go.</summary>
    /// <param name="write">Told every line, on any thread. Must not throw.</param>
    internal sealed class LogSetup(Action<LogLine> write) : Setup
    {
        public Action<LogLine> Write => write;
    }
}
