using System.Collections.Concurrent;
using System.Text;

namespace PlaNet.Environments.Processes;

/// <summary>
/// The other end of <see cref="ProcessEnvironment"/>: plays an environment for whoever writes requests to a stream, in the protocol of
/// docs/environments.md.
/// </summary>
public static class EnvironmentServer
{
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(2);
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Answers requests until one asks to close, or nobody is left to ask.</summary>
    /// <param name="environment">The environment; used on the calling thread alone.</param>
    /// <param name="input">Requests. Its end is noticed while a step is taken, too.</param>
    /// <param name="output">Answers; nothing else may be written there.</param>
    /// <param name="abandoned">
    /// Called, on another thread, when the input has ended and the step under way has not ended two seconds later: the simulator hangs, and
    /// nobody is left to end this process.
    /// </param>
    public static void Serve(IEnvironment environment, Stream input, Stream output, Action abandoned)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(abandoned);
        var requests = new BlockingCollection<string>();
        var done = new ManualResetEventSlim();
        new Thread(() => Listen(input, requests, done, abandoned)) { IsBackground = true, Name = "requests" }.Start();
        try
        {
            Send(output, ProcessProtocol.Hello(environment.Spec), []);
            foreach (var request in requests.GetConsumingEnumerable())
            {
                if (!Answer(environment, request, output))
                {
                    return;
                }
            }
        }
        catch (IOException)
        {
            // Nobody listens any more.
        }
        finally
        {
            done.Set();
        }
    }

    private static void Listen(Stream input, BlockingCollection<string> requests, ManualResetEventSlim done, Action abandoned)
    {
        try
        {
            using var reader = new StreamReader(input, s_utf8, leaveOpen: true);
            while (reader.ReadLine() is { } line)
            {
                requests.Add(line);
            }
        }
        catch (IOException)
        {
            // The pipe broke: its end.
        }

        requests.CompleteAdding();
        if (!done.Wait(s_farewell))
        {
            abandoned();
        }
    }

    private static bool Answer(IEnvironment environment, string line, Stream output)
    {
        string head;
        byte[] body;
        try
        {
            var request = ProcessProtocol.ReadRequest(line);
            switch (request.Do)
            {
                case "close":
                    return false;
                case "reset":
                    body = ProcessProtocol.WriteObservation(environment.Spec, environment.Reset(request.Seed));
                    head = ProcessProtocol.ResetAnswer(body.Length);
                    break;
                default:
                    var result = environment.Step(request.Action);
                    body = ProcessProtocol.WriteObservation(environment.Spec, result.Observation);
                    head = ProcessProtocol.StepAnswer(body.Length, result);
                    break;
            }
        }
#pragma warning disable CA1031 // Whatever a simulator throws, the other side hears of it and decides.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            (head, body) = (ProcessProtocol.Error(failure is FormatException ? $"the request {failure.Message}" : failure.Message), []);
        }

        Send(output, head, body);
        return true;
    }

    private static void Send(Stream output, string head, byte[] body)
    {
        byte[] answer = [.. s_utf8.GetBytes(head + "\n"), .. body];
        output.Write(answer);
        output.Flush();
    }
}
