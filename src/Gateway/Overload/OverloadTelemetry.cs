using Prism.Grains.Interfaces.Memory;
using Prometheus;

namespace Prism.Gateway.Overload;

/// <summary>What a silo does against having too much to do.</summary>
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
        _admitted = metrics.CreateGauge("llm_admitted_requests", "Requests that are being worked on, of LLM_MAX_CONCURRENT_REQUESTS.");
        _queued = metrics.CreateGauge("llm_queued_requests", "Requests that wait to be worked on, of LLM_MAX_QUEUED_REQUESTS.");
        var shed = metrics.CreateCounter("llm_shed_requests_total", "Requests that were refused because there were too many.", ["reason"]);
        // There from the start: a rate over a counter that appears with its first event misses that event.
        _queueFull = shed.WithLabels("queue_full");
        _queueTimeout = shed.WithLabels("queue_timeout");
        _memoryFull = shed.WithLabels("memory");
        metrics.CreateGauge("llm_memory_budget_bytes", "The most that requests and answers in flight may hold of the memory.").Set(memory.Bytes);
        _held = metrics.CreateGauge("llm_memory_held_bytes", "What requests and answers in flight held of the memory when a request last began or ended.");
        _stalled = metrics.CreateCounter("llm_stalled_streams_total", "Streams that were ended because their client took nothing of them.");
    }

    /// <summary>A request is worked on.</summary>
    public void OnAdmitted()
    {
        _admitted.Inc();
        _held.Set(_memory.Held);
    }

    /// <summary>It has ended, or waits only for its client.</summary>
    public void OnEnded()
    {
        _admitted.Dec();
        _held.Set(_memory.Held);
    }

    /// <summary>A request begins to wait.</summary>
    public void OnQueued() => _queued.Inc();

    /// <summary>It waits no more.</summary>
    public void OnDequeued() => _queued.Dec();

    /// <summary>There was no room to wait.</summary>
    public void OnQueueFull() => _queueFull.Inc();

    /// <summary>It has waited for too long.</summary>
    public void OnQueueTimeout() => _queueTimeout.Inc();

    /// <summary>There was no memory for a request.</summary>
    public void OnMemoryFull()
    {
        _memoryFull.Inc();
        _held.Set(_memory.Held);
    }

    /// <summary>A client that takes nothing was let go.</summary>
    public void OnStalled() => _stalled.Inc();
}
