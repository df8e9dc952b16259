using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Wire;

namespace PlaNet.Benchmarks;

/// <summary>
/// Transfer of weights to four collectors at once, in a cluster of five processes on this machine: the rate compared with a plain copy over
/// TCP, and the delays of heartbeats and small messages on the same connections meanwhile.
/// </summary>
internal static class TransferTimes
{
    /// <summary>Bytes that each receiver gets.</summary>
    public const int Length = 20_000_000;

    private const int Receivers = TransferNode.Nodes - 1;
    private const int Rounds = 7;

    // Long enough for many heartbeats, which are sent once per second.
    private static readonly TimeSpan s_phase = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(5);

    /// <summary>Prints the tables: <c>transfer</c>.</summary>
    /// <param name="words">Arguments after "transfer": none, or <c>receive ...</c> in a process that this program starts.</param>
    /// <param name="output">Receives the tables.</param>
    /// <returns>0, or 2 for a usage error.</returns>
    public static async Task<int> RunAsync(string[] words, TextWriter output)
    {
        // Reading from other processes blocks threads of the pool, which grows slowly by itself.
        ThreadPool.SetMinThreads(16, 16);
        if (words is ["receive", .. var place])
        {
            await TransferNode.ReceiveAsync(place, Console.In, output);
            return 0;
        }

        if (words.Length > 0)
        {
            output.WriteLine("usage: transfer, without further arguments");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("planet-bench-").FullName;
        try
        {
            var files = ClusterCertificates.Create(folder, ["127.0.0.1"], password: null, TimeProvider.System);
            var (rates, waits) = (new List<string>(), new List<string>());
            await MeasureAsync("without TLS", [], rates, waits);
            await MeasureAsync("with TLS", [files.Machines[0].File, files.Authority], rates, waits);
            output.WriteLine(
                $"{Length / 1e6:F0} MB to each of {Receivers} receivers at once, "
                + $"MB/s of all together, median of {Rounds} rounds [minimum, maximum]:");
            output.WriteLine(
                "| cluster | first round | later rounds | TCP and hash | TCP alone | ratio to TCP and hash | ratio to TCP alone |");
            output.WriteLine("|---|---|---|---|---|---|---|");
            rates.ForEach(output.WriteLine);
            output.WriteLine();
            output.WriteLine("Longest interval between two heartbeats of one node, and round trips of a small message every 20 ms:");
            output.WriteLine(
                "| cluster | MB/s | heartbeats, s | round trips | median, ms | 99 %, ms | longest, ms | unreachable nodes so far |");
            output.WriteLine("|---|---|---|---|---|---|---|---|");
            waits.ForEach(output.WriteLine);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string name, string[] certificate, List<string> rates, List<string> waits)
    {
        var bytes = new byte[Length];
        new Random(1).NextBytes(bytes);
        var weights = new BlobSource("weights", BlobKind.Weights, bytes);
        using var tls = certificate is [var file, var authority] ? TransferNode.Load(file, authority) : null;
        await using var sender = new TransferNode(tls, seed: null);
        sender.Serve(weights);
        string[] words = ["transfer", "receive", sender.Endpoint, .. certificate];
        Process[] receivers = [.. Enumerable.Range(0, Receivers).Select(_ => Start(words))];
        try
        {
            await Task.WhenAll(receivers.Select(AnswerAsync));

            // Excludes the loading and compiling of the first seconds from the measurement.
            await Task.Delay(s_start, TimeProvider.System);
            await TakeAsync(sender, receivers);
            await Task.Delay(s_phase, TimeProvider.System);
            waits.Add(Waits($"{name}, idle", 0, await TakeAsync(sender, receivers)));

            // The variants take turns, so that their ratios are valid on a busy machine. The first round of each is reported separately.
            var pull = $"pull {weights.Offer.Sha256}";
            var (pulls, checkedCopies, copies) = (new double[Rounds + 1], new double[Rounds + 1], new double[Rounds + 1]);
            for (var round = 0; round <= Rounds; round++)
            {
                pulls[round] = await RateAsync(receivers, pull);
                checkedCopies[round] = await CopyAsync(receivers, bytes, $" {weights.Offer.Sha256}");
                copies[round] = await CopyAsync(receivers, bytes, "");
            }

            var ratios = new[] { checkedCopies, copies }
                .Select(others => Spread([.. pulls.Zip(others, (pulled, copied) => pulled / copied)], "F2"));
            var spreads = new[] { pulls, checkedCopies, copies }.Select(values => Spread(values, "F0"));
            rates.Add($"| {name} | {pulls[0]:F0} | {string.Join(" | ", spreads.Concat(ratios))} |");

            await TakeAsync(sender, receivers);
            var start = Stopwatch.GetTimestamp();
            var rounds = 0;
            for (; Stopwatch.GetElapsedTime(start) < s_phase; rounds++)
            {
                await RateAsync(receivers, pull);
            }

            var rate = rounds * Receivers * (Length / 1e6) / Stopwatch.GetElapsedTime(start).TotalSeconds;
            waits.Add(Waits($"{name}, transfers", rate, await TakeAsync(sender, receivers)));
        }
        finally
        {
            // The receivers end with their input.
            Array.ForEach(receivers, receiver => receiver.StandardInput.Close());
            await Task.WhenAll(receivers.Select(receiver => receiver.WaitForExitAsync()));
            Array.ForEach(receivers, receiver => receiver.Dispose());
        }
    }

    // Starts this program once more.
    private static Process Start(string[] words)
    {
        var own = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(own) == "dotnet"
            ? [Path.Combine(AppContext.BaseDirectory, "PlaNet.Benchmarks.dll")]
            : [];
        return Process.Start(new ProcessStartInfo(own, [.. program, .. words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
    }

    private static async Task<string> AnswerAsync(Process receiver) =>
        await receiver.StandardOutput.ReadLineAsync().WaitAsync(TransferNode.Deadline, TimeProvider.System)
        ?? throw new InvalidOperationException("A receiver ended early: see its message on standard error.");

    private static async Task<string[]> TellAsync(Process[] receivers, string line)
    {
        Array.ForEach(receivers, receiver => receiver.StandardInput.WriteLine(line));
        return await Task.WhenAll(receivers.Select(AnswerAsync));
    }

    // MB/s of all receivers together.
    private static async Task<double> RateAsync(Process[] receivers, string line)
    {
        var start = Stopwatch.GetTimestamp();
        await TellAsync(receivers, line);
        return Receivers * (Length / 1e6) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> CopyAsync(Process[] receivers, byte[] bytes, string hash)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var copies = Enumerable.Range(0, Receivers).Select(async _ =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync(bytes);
        }).ToArray();
        var rate = await RateAsync(receivers, $"read {((IPEndPoint)listener.LocalEndpoint).Port}{hash}");
        await Task.WhenAll(copies);
        return rate;
    }

    private static async Task<double[][]> TakeAsync(TransferNode sender, Process[] receivers)
    {
        var taken = await TellAsync(receivers, "take");
        var parsed = taken.Select(line => line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray());
        return [sender.Take(), .. parsed];
    }

    private static string Waits(string name, double rate, double[][] taken)
    {
        var trips = taken.SelectMany(node => node[2..]).Order().ToArray();
        var (heartbeat, unreachable) = (taken.Max(node => node[0]), taken.Sum(node => node[1]));
        var (median, high) = (trips[trips.Length / 2], trips[trips.Length * 99 / 100]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {rate:F0} | {heartbeat:F2} | {trips.Length} | {median:F1} | {high:F1} | {trips[^1]:F1} | {unreachable:F0} |");
    }

    private static string Spread(double[] values, string format)
    {
        var sorted = values.Skip(1).Order().ToArray();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted[Rounds / 2].ToString(format, null)} [{sorted[0].ToString(format, null)}, {sorted[^1].ToString(format, null)}]");
    }
}
