using System.Collections.Concurrent;
using Prism.Grains.Interfaces.Cluster;

namespace Prism.Gateway.Chat;

/// <summary>
/// What ends a call before its answer is whole: its client disconnects, or the time that a silo has to shut down is over. The cancellation sources are
/// used again by later calls: making one for each call costs more than all that it does.
/// </summary>
internal sealed class CallEnds(IDrain drain)
{
    private const int MostKept = 1_024;

    private readonly ConcurrentQueue<CallEnd> _idle = new();

    /// <summary>The end of one call, to be disposed with it.</summary>
    public CallEnd Begin(CancellationToken client)
    {
        var end = _idle.TryDequeue(out var idle) ? idle : new(this);
        end.Begin(client, drain.Deadline);
        return end;
    }

    internal void Return(CallEnd end)
    {
        if (_idle.Count < MostKept)
        {
            _idle.Enqueue(end);
        }
    }
}

/// <summary>The end of one call.</summary>
internal sealed class CallEnd(CallEnds ends) : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private CancellationTokenRegistration _client;
    private CancellationTokenRegistration _deadline;

    /// <summary>Fires at either.</summary>
    public CancellationToken Token => _source.Token;

    public void Begin(CancellationToken client, CancellationToken deadline)
    {
        _client = client.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _deadline = deadline.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public void Dispose()
    {
        // Waits for one that is firing: after this the source is nobody's.
        _client.Dispose();
        _deadline.Dispose();
        if (_source.TryReset())
        {
            ends.Return(this);
        }
        else
        {
            _source.Dispose();
        }
    }
}
