using Prism.Grains.Interfaces.Memory;
using Prometheus;

namespace Prism.Gateway.Overload;

/// <summary>Metrics of the protection against overload.</summary>
internal sealed class OverloadTelemetry
{
    private readonly Gauge _admitted;
    private readonly Gauge _queued;
    private readonly Counter.Child _queueFull;
    private readonly Counter.Child _queueTimeout;
    private readonly Counter.Child _memoryFull;
    private readonly Gauge _held;
    private readonly Counter _stalled;
    private readonly MemoryBudget _memory;

    public OverloadTelemetry(IMetricFactory metrics, MemoryBudget memory)
    {
        _memory = memory;
        _admitted = metrics.CreateGauge("llm_admitted_requests", "Requests in progress, of LLM_MAX_CONCURRENT_REQUESTS.");
        _queued = metrics.CreateGauge("llm_queued_requests", "Requests that wait for a place, of LLM_MAX_QUEUED_REQUESTS.");
        var shed = metrics.CreateCounter("llm_shed_requests_total", "Requests that were rejected because the silo was overloaded.", ["reason"]);
        // They exist from the start: a rate over a counter that appears with its first event misses that event.
        _queueFull = shed.WithLabels("queue_full");
        _queueTimeout = shed.WithLabels("queue_timeout");
        _memoryFull = shed.WithLabels("memory");
        metrics.CreateGauge("llm_memory_budget_bytes", "The most memory that requests and answers in progress may hold.").Set(memory.Bytes);
        _held = metrics.CreateGauge("llm_memory_held_bytes", "Memory that requests and answers in progress held when a request last began or ended.");
        _stalled = metrics.CreateCounter("llm_stalled_streams_total", "Streams that were ended because their client did not read.");
    }

    /// <summary>A request has got its place.</summary>
    public void OnAdmitted()
    {
        _admitted.Inc();
        _held.Set(_memory.Held);
    }

    /// <summary>The request has ended, or only its client is waited for.</summary>
    public void OnEnded()
    {
        _admitted.Dec();
        _held.Set(_memory.Held);
    }

    /// <summary>A request begins to wait.</summary>
    public void OnQueued() => _queued.Inc();

    /// <summary>The request no longer waits.</summary>
    public void OnDequeued() => _queued.Dec();

    /// <summary>The queue was full.</summary>
    public void OnQueueFull() => _queueFull.Inc();

    /// <summary>The request has waited too long.</summary>
    public void OnQueueTimeout() => _queueTimeout.Inc();

    /// <summary>There was no memory for a request.</summary>
    public void OnMemoryFull()
    {
        _memoryFull.Inc();
        _held.Set(_memory.Held);
    }

    /// <summary>A client that did not read was disconnected.</summary>
    public void OnStalled() => _stalled.Inc();
}
