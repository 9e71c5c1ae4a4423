using Prism.Chat;

namespace Prism.Failover;

/// <summary>A call that may be made. Whatever becomes of it is to be told here; disposed without that, its caller has left.</summary>
internal sealed class CircuitPass(CircuitBoard board, Circuit circuit, Guid? probe) : IDisposable
{
    private readonly long _version = circuit.Version;
    private bool _ended;

    /// <summary>The provider has begun to answer: that is all a probe is to find out.</summary>
    public void OnFirstToken()
    {
        if (probe is not null)
        {
            OnEnded(null);
        }
    }

    /// <summary>The call is over.</summary>
    /// <param name="error">How it failed; null for an answer.</param>
    public void OnEnded(ChatError? error)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        var failed = FailureMeaning.SaysFailing(error);
        if (probe is { } number)
        {
            board.OnProbe(circuit, number, failed, error?.Kind);
        }
        else if (failed is { } known)
        {
            board.OnCall(circuit, known, _version, error?.Kind);
        }
    }

    public void Dispose()
    {
        if (!_ended && probe is { } number)
        {
            _ended = true;
            board.OnProbe(circuit, number, failed: null, failure: null);
        }
    }
}
