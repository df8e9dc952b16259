using System.Collections.Concurrent;
using System.Text;

namespace PlaNet.Environments.Processes;

/// <summary>
/// The server side of <see cref="ProcessEnvironment"/>: runs an environment for a client that sends requests over a stream, in the protocol
/// of docs/environments.md.
/// </summary>
public static class EnvironmentServer
{
    private const int MaxWaitingRequests = 1024;

    private static readonly TimeSpan s_exitTimeout = TimeSpan.FromSeconds(2);
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Answers requests until a close request or the end of the input.</summary>
    /// <param name="environment">The environment; used only on the calling thread.</param>
    /// <param name="input">Requests. The end of this stream is detected during a step as well.</param>
    /// <param name="output">Answers; nothing else may be written to this stream.</param>
    /// <param name="abandoned">
    /// Called on another thread when the current step has not finished two seconds after the end of the input: the simulator hangs and the
    /// client is gone, so this process must end itself.
    /// </param>
    public static void Serve(IEnvironment environment, Stream input, Stream output, Action abandoned)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(abandoned);

        // Bounded, so that a client that reads no answers waits in the end.
        var requests = new BlockingCollection<string?>(MaxWaitingRequests);
        var done = new ManualResetEventSlim();
        new Thread(() => ReadRequests(input, requests, done, abandoned)) { IsBackground = true, Name = "requests" }.Start();
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
            // The client has closed the output.
        }
        finally
        {
            done.Set();
        }
    }

    private static void ReadRequests(Stream input, BlockingCollection<string?> requests, ManualResetEventSlim done, Action abandoned)
    {
        try
        {
            foreach (var line in Lines(input))
            {
                requests.Add(line);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // A broken pipe or a closed connection is the end of the input.
        }

        requests.CompleteAdding();
        if (!done.Wait(s_exitTimeout))
        {
            abandoned();
        }
    }

    // A line that is too long is skipped and returned as null. The last one may lack its line feed.
    private static IEnumerable<string?> Lines(Stream input)
    {
        var line = new byte[ProcessProtocol.MaxLineBytes];
        var length = 0;
        var chunk = new byte[4096];
        int count;
        while ((count = input.Read(chunk)) > 0)
        {
            for (var start = 0; start < count;)
            {
                var rest = chunk.AsSpan(start, count - start);
                var end = rest.IndexOf((byte)'\n');
                var part = end < 0 ? rest : rest[..end];
                if (length + part.Length <= line.Length)
                {
                    part.CopyTo(line.AsSpan(length));
                }

                length = Math.Min(length + part.Length, line.Length + 1);
                start += part.Length + 1;
                if (end >= 0)
                {
                    yield return length <= line.Length ? s_utf8.GetString(line, 0, length) : null;
                    length = 0;
                }
            }
        }

        if (length > 0)
        {
            yield return length <= line.Length ? s_utf8.GetString(line, 0, length) : null;
        }
    }

    private static bool Answer(IEnvironment environment, string? line, Stream output)
    {
        string head;
        byte[] body;
        try
        {
            var request = ProcessProtocol.ReadRequest(line
                ?? throw new FormatException(
                    $"sent a line of more than {ProcessProtocol.MaxLineBytes} bytes, which is skipped: send one request on each line"));
            switch (request.Do)
            {
                case "close":
                    return false;
                case "reset":
                    body = ProcessProtocol.WriteObservation(environment.Spec, environment.Reset(request.Seed));
                    head = ProcessProtocol.ResetAnswer(body.Length);
                    break;
                default:
                    var result = environment.Step(ActionOf(environment.Spec, request));
                    body = ProcessProtocol.WriteObservation(environment.Spec, result.Observation);
                    head = ProcessProtocol.StepAnswer(body.Length, result);
                    break;
            }
        }
#pragma warning disable CA1031 // Every exception of a simulator is reported to the client, which decides how to continue.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            (head, body) = (ProcessProtocol.Error(failure switch
            {
                FormatException => $"the client {failure.Message}",

                // The exception appends the name of its parameter, which means nothing to the client.
                ArgumentException => failure.Message.Split(" (Parameter '", 2)[0],
                _ => failure.Message,
            }), []);
        }

        Send(output, head, body);
        return true;
    }

    private static float[] ActionOf(EnvironmentSpec spec, ProcessProtocol.Request request)
    {
        var size = spec.Action.Size;
        return (spec.Action.IsDiscrete, request) switch
        {
            (true, { Choice: { } choice }) => spec.Action.Choose(choice),
            (false, { Action: { } numbers }) => numbers,
            (true, _) => throw new FormatException(
                $"sent numbers as \"action\", but task {spec.Task} has {size} choices: send the index of one, from 0 to {size - 1}"),
            _ => throw new FormatException(
                $"sent one number as \"action\", but an action of task {spec.Task} is an array: send {size} in square brackets"),
        };
    }

    private static void Send(Stream output, string head, byte[] body)
    {
        byte[] answer = [.. s_utf8.GetBytes(head + "\n"), .. body];
        output.Write(answer);
        output.Flush();
    }
}
