using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Breakers;

/// <summary>A call that may be made. Its result is reported here. Disposed without a report, its caller has disconnected.</summary>
internal sealed class CircuitPass(CircuitBoard board, Circuit circuit, Guid? probe) : IDisposable
{
    private readonly long _version = circuit.Version;
    private readonly long _begun = board.Now;
    private bool _told;

    /// <summary>The provider has begun to answer: a probe has succeeded then.</summary>
    public void OnFirstToken()
    {
        circuit.Vitals.FirstTokens.Add(board.ElapsedSince(_begun));
        if (probe is not null)
        {
            Report(failed: false, failure: null);
        }
    }

    /// <summary>The call is over.</summary>
    /// <param name="error">How it failed; null for an answer.</param>
    public void OnEnded(ChatError? error)
    {
        var failed = FailureClassifier.IsProviderFailure(error);
        if (error is null)
        {
            circuit.Vitals.Answers.Add(board.ElapsedSince(_begun));
        }
        else if (error.Provider is not null && failed is not false)
        {
            circuit.Vitals.OnFailed(error);
        }

        Report(failed, error?.Kind);
    }

    public void Dispose() => Report(failed: null, failure: null);

    private void Report(bool? failed, ChatErrorKind? failure)
    {
        if (_told)
        {
            return;
        }

        _told = true;
        if (probe is { } number)
        {
            board.OnProbe(circuit, number, failed, failure);
        }
        else if (failed is { } known)
        {
            board.OnCall(circuit, known, _version, failure);
        }
    }
}
