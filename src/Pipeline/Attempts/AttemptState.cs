using System.Collections.Immutable;
using System.Globalization;
using Prism.Grains.Breakers;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Attempts;

/// <summary>
/// One request after its first attempt has failed: it retries the same target, then tries the next. It ends with an answer, or with the last error of
/// the first provider, which the client requested.
/// </summary>
internal sealed class AttemptState(AttemptLoop loop, ChatCall first, long begun, CancellationToken client) : IDisposable
{
    private readonly ChatCall _first = first;
    // The first call of the current target.
    private ChatCall _current = first;
    private ChatError? _lastError;
    private ImmutableArray<string>? _warnings;
    private AttemptDeadline? _deadline;
    private int _attempts;
    private int _retries;
    private int _newKeys;
    private int _nextFallback;
    private bool _fellBack;
    private bool _isRetrying;

    /// <summary>The next attempt.</summary>
    public ChatCall Call { get; private set; } = first;

    /// <summary>Fires to end that attempt.</summary>
    public CancellationToken Token => _deadline!.Token;

    /// <summary>Whether the attempt was ended because it had no first token in time.</summary>
    public bool HasExpired => _deadline is { HasExpired: true } && !client.IsCancellationRequested;

    /// <summary>An attempt has failed. Waits until the next one is due.</summary>
    /// <returns>False if there is no next one.</returns>
    /// <exception cref="OperationCanceledException">The client disconnected.</exception>
    public async ValueTask<bool> NextAsync(ChatError error)
    {
        EndAttempt();
        _attempts += error.Provider is null ? 0 : 1;
        // If Prism itself rejects a retry, the failure before it is the more useful error.
        _lastError = _fellBack || (_lastError is not null && error.Provider is null) ? _lastError : error;
        if (!await TryRetryAsync(error) && !TryFallBack(error))
        {
            return false;
        }

        _deadline = loop.BeginAttempt(_first, begun, client);
        return true;
    }

    /// <summary>The attempt has its first token, or its whole answer. False: too late.</summary>
    public bool TryKeep()
    {
        ReturnRetry();
        return _deadline!.TryKeep();
    }

    /// <summary>The attempt was ended because it had no first token in time.</summary>
    public void OnExpired() => _attempts++;

    /// <summary>The head of the answer as the client gets it.</summary>
    public AnswerInfo WithAttempts(AnswerInfo route) => route with { Attempts = _attempts + route.Attempts, Warnings = _warnings };

    /// <summary>The failure as the client gets it.</summary>
    public ChatError ToError() => _lastError! with { Route = _first.Route with { Attempts = _attempts, Limits = _lastError.Limits } };

    public void Dispose() => EndAttempt();

    private async ValueTask<bool> TryRetryAsync(ChatError error)
    {
        if (loop.PauseBefore(_first, error, _retries) is not { } pause
            // A request does not wait out a provider's Retry-After while a fallback may answer.
            || (error.RetryAfter > TimeSpan.Zero && _nextFallback < _first.Plan.Fallbacks.Length)
            || pause >= loop.LeftOf(_first, begun)
            || !loop.TryReserveRetry(_current.Route.Provider, error))
        {
            return false;
        }

        _isRetrying = true;
        _retries++;
        await loop.DelayAsync(pause, client);
        Call = _current = FailureClassifier.IsAnswer(error) ? WithNewKey(_current) : _current;
        return true;
    }

    private bool TryFallBack(ChatError error)
    {
        // A fallback's rejection of the request does not count: the client did not request that provider.
        if (error.Kind == ChatErrorKind.Internal || (!_fellBack && !FailureClassifier.IsOfProvider(error)))
        {
            return false;
        }

        while (_nextFallback < _first.Plan.Fallbacks.Length && loop.LeftOf(_first, begun) > TimeSpan.Zero)
        {
            var target = _first.Plan.Fallbacks[_nextFallback++];
            var route = target.ToRoute();
            if (FallbackRequest.Of(_first.Request, target) is not { } fallback)
            {
                loop.OnSkipped(route);
                continue;
            }

            loop.OnFallback(_current.Route, route, error);
            Call = _current = _first with { Provider = target.Provider, Request = fallback.Request, Route = route };
            _warnings = fallback.Warnings.IsEmpty ? null : fallback.Warnings;
            _fellBack = true;
            _retries = 0;
            return true;
        }

        return false;
    }

    // A provider may answer a failed idempotency key with the same failure again. Without an answer the key stays: the provider may have served the
    // call.
    private ChatCall WithNewKey(ChatCall call) => _first.Request.IdempotencyKey is { } key
        ? call with { Request = call.Request.WithIdempotencyKey(string.Create(CultureInfo.InvariantCulture, $"{key}.{++_newKeys}")) }
        : call;

    private void EndAttempt()
    {
        ReturnRetry();
        _deadline?.Dispose();
        _deadline = null;
    }

    private void ReturnRetry()
    {
        if (_isRetrying)
        {
            _isRetrying = false;
            loop.ReturnRetry();
        }
    }
}
