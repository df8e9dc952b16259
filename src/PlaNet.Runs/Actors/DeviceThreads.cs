using System.Collections.Concurrent;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Threads by name, each doing its work in order: what a device or a simulator that knows only one thread needs. Several actors may share
/// one, which Akka's dispatchers do not offer. For any thread.
/// </summary>
internal sealed class DeviceThreads
{
    private readonly Dictionary<string, DeviceThread> _threads = new(StringComparer.Ordinal);
    private bool _closed;

    /// <summary>Has a thread do work, which must not throw. Its first work starts the thread.</summary>
    /// <exception cref="InvalidOperationException">The threads are closed.</exception>
    public void Post(string thread, Action work)
    {
        lock (_threads)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_threads.TryGetValue(thread, out var found))
            {
                _threads[thread] = found = new DeviceThread(thread);
            }

            found.Work.Add(work);
        }
    }

    /// <summary>Takes no more work.</summary>
    /// <returns>Completes when all work is done.</returns>
    public Task CloseAsync()
    {
        lock (_threads)
        {
            _closed = true;
            foreach (var thread in _threads.Values)
            {
                thread.Work.CompleteAdding();
            }

            return Task.WhenAll(_threads.Values.Select(thread => thread.Done));
        }
    }

    private sealed class DeviceThread
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DeviceThread(string name)
        {
            new Thread(DoWork) { Name = name, IsBackground = true }.Start();
        }

        public BlockingCollection<Action> Work { get; } = [];

        public Task Done => _done.Task;

        private void DoWork()
        {
            foreach (var work in Work.GetConsumingEnumerable())
            {
                work();
            }

            _done.SetResult();
        }
    }
}
