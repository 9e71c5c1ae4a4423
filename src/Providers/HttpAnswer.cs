using System.Runtime.CompilerServices;
using Prism.Formats.Framing;
using Prism.Formats.OpenAi.Chat;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Providers.Upstream;

namespace Prism.Providers;

/// <summary>One call to a provider over HTTP: sends the request, enforces the timeouts, reads the answer, and reports failures.</summary>
internal sealed class HttpAnswer(
    HttpChatProvider provider, CallRequest request, UpstreamBody body, UpstreamExchange exchange, CancellationToken client) : ProviderAnswer
{
    private readonly PooledEndpoint _endpoint = provider.Endpoints.Reserve();
    private PooledBuffer? _content;
    private StreamSteps? _steps;
    private Stream? _stream;
    private bool _isRead;
    private bool _hasEnded;
    private bool _isDisposed;

    /// <summary>Waits for the whole answer, or for the first output of a streamed one.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask OpenAsync(bool stream)
    {
        IsWhole = !stream;
        try
        {
            // :: Step 1: send, and wait for the headers
            var response = await exchange.SendAsync(await provider.CreateMessageAsync(_endpoint, request, stream, body, exchange.Aborted));
            if (!response.IsSuccessStatusCode)
            {
                Error = Report(await ReadErrorAsync(response, _content = new()));
                return;
            }

            // :: Step 2: read a whole body. Some servers send their error object with status 200 and without streaming.
            var isStream = stream && provider.Answers.Framing.Matches(response.Content.Headers.ContentType?.MediaType);
            if (!isStream)
            {
                await exchange.ReadBodyAsync(response, _content = new());
                ReadWhole(_content, isExpected: !stream);
                return;
            }

            _stream = response.Content.ReadAsStream(exchange.Aborted);
        }
        catch (Exception exception) when (provider.Errors.FromException(exception, exchange) is { } error)
        {
            client.ThrowIfCancellationRequested();
            Error = Report(error);
            return;
        }

        // :: Step 3: read a stream up to its first output
        _steps = new(provider, request, exchange);
        await NextAsync();
        Error = Failed;
        _isRead = true;
    }

    public override ValueTask<bool> NextAsync()
    {
        if (_isRead)
        {
            // The answer was opened with this step.
            _isRead = false;
            return new(true);
        }

        if (_steps is null || _hasEnded)
        {
            return new(false);
        }

        client.ThrowIfCancellationRequested();
        try
        {
            return TryStep() ? new(true) : ReadOnAsync();
        }
        catch (Exception exception) when (provider.Errors.FromException(exception, exchange) is { } error)
        {
            return new(End(error));
        }
    }

    public override ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return ValueTask.CompletedTask;
        }

        _isDisposed = true;
        exchange.Dispose();
        _endpoint.Dispose();
        body.Dispose();
        _content?.Dispose();
        _steps?.Dispose();
        return ValueTask.CompletedTask;
    }

    // :: Step 4: read event by event
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadOnAsync()
    {
        try
        {
            while (!_steps!.IsComplete)
            {
                exchange.OnReading();
                var read = await _stream!.ReadAsync(_steps.GetSpace(), exchange.Aborted);
                exchange.OnBytes(read);
                _steps.Advance(read);
                if (TryStep())
                {
                    return true;
                }

                if (read == 0)
                {
                    client.ThrowIfCancellationRequested();
                    return EndAtClose();
                }
            }

            return await FinishAsync();
        }
        catch (Exception exception) when (provider.Errors.FromException(exception, exchange) is { } error)
        {
            client.ThrowIfCancellationRequested();
            // A complete answer stays complete, however its connection ends.
            return _steps!.MayEnd && exchange.FirstTokenSeen && error.Kind is (ChatErrorKind.UpstreamBrokenOff or ChatErrorKind.UpstreamIdleTimeout) ? End(null) : End(error);
        }
    }

    // :: Step 5: after the closing event, keep the connection for the next call
    private async ValueTask<bool> FinishAsync()
    {
        if (!exchange.FirstTokenSeen)
        {
            return End(provider.Errors.InvalidResponse());
        }

        await exchange.FinishAsync(_stream!, _steps!.GetSpace());
        return End(null);
    }

    private bool TryStep() => _steps!.TryTake(ref SkimmedChunk) && SetStep();

    private bool SetStep()
    {
        (Raw, Chunk) = (_steps!.Raw, _steps.Chunk);
        if (_steps.Failed is { } error)
        {
            End(error);
        }

        return true;
    }

    private bool EndAtClose()
    {
        if (_steps!.TryTakeRest(ref SkimmedChunk))
        {
            return SetStep();
        }

        return End(_steps.MayEnd && exchange.FirstTokenSeen ? null
            : _steps.MayEnd ? provider.Errors.InvalidResponse()
            : provider.Errors.BrokenOff());
    }

    /// <returns>Whether the end is a step: a failure is one.</returns>
    private bool End(ChatError? error)
    {
        _hasEnded = true;
        (Raw, Chunk) = (default, null);
        Failed = error is null ? null : Report(error);
        return error is not null;
    }

    private void ReadWhole(PooledBuffer content, bool isExpected)
    {
        if (isExpected && provider.PassesBytes && AnswerSkim.TryRead(content.Written) is { } skim)
        {
            (Raw, Skim, _isRead) = (content.WrittenMemory, skim, true);
            return;
        }

        exchange.Weigh(content.Written);
        var answer = provider.Answers.Read(content.Written, provider.Now);
        if (!isExpected)
        {
            Error = Report(answer.Error ?? provider.Errors.InvalidResponse());
            return;
        }

        if ((answer.Error ?? (answer.Response!.Choices.IsEmpty ? provider.Errors.InvalidResponse() : null)) is { } error)
        {
            Error = Report(error);
            return;
        }

        (Whole, _isRead) = (new AnswerDefaults(request).Apply(answer.Response!), true);
    }

    // Reports a failure to the endpoint pool, wherever in the answer it is: another endpoint may succeed.
    private ChatError Report(ChatError error) => provider.Endpoints.OnFailed(_endpoint, Explain(error));

    // The details of a failure for operators, which clients do not see: the address, the key, and the provider's own text.
    private ChatError Explain(ChatError error) =>
        error.Provider is null ? error : error with
        {
            Failure = new()
            {
                Address = _endpoint.Address.Authority,
                Key = _endpoint.KeyName,
                RequestId = request.RequestId,
                UpstreamRequestId = VendorWords.Clean(exchange.RequestId, provider.Options.Secrets, []),
                Message = VendorWords.Clean(error.Failure?.Message, provider.Options.Secrets, body.Json.Written),
            },
        };

    private async Task<ChatError> ReadErrorAsync(HttpResponseMessage response, PooledBuffer content)
    {
        try
        {
            await exchange.ReadErrorBodyAsync(response, content);
            exchange.Weigh(content.Written);
            return provider.Errors.FromStatus(response, provider.Answers.ReadError(content.Written), VendorWords.Read(content.Written));
        }
        catch (Exception exception) when (provider.Errors.FromException(exception, exchange) is not null)
        {
            // The status is the most important part, even if the body is incomplete.
            return provider.Errors.FromStatus(response, null);
        }
    }
}
