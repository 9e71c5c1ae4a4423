using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Prism.Formats;
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
    private AnswerDefaults? _defaults;
    private List<ChatStreamEvent>? _decoded;
    private PendingSteps? _pending;
    private PooledBuffer? _content;
    private EventReader? _events;
    private ChunkSkimmer? _skimmer;
    private IStreamDecoder? _decoder;
    private Stream? _stream;
    private bool _isRead;
    private bool _hasEnded;
    private bool _isDisposed;

    private AnswerDefaults Defaults => _defaults ??= new(request);

    private PendingSteps Pending => _pending ??= new();

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
        _events = new(provider.Answers.Framing);
        _decoder = provider.Answers.CreateDecoder(provider.Now);
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

        if (_events is null || _hasEnded)
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
        _events?.Dispose();
        return ValueTask.CompletedTask;
    }

    // :: Step 4: read event by event
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadOnAsync()
    {
        try
        {
            while (!_decoder!.IsComplete)
            {
                exchange.OnReading();
                var read = await _stream!.ReadAsync(_events!.GetSpace(), exchange.Aborted);
                exchange.OnBytes(read);
                _events.Advance(read);
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
            return _decoder!.MayEnd && exchange.FirstTokenSeen && error.Kind is (ChatErrorKind.UpstreamBrokenOff or ChatErrorKind.UpstreamIdleTimeout) ? End(null) : End(error);
        }
    }

    // :: Step 5: after the closing event, keep the connection for the next call
    private async ValueTask<bool> FinishAsync()
    {
        if (!exchange.FirstTokenSeen)
        {
            return End(provider.Errors.InvalidResponse());
        }

        await exchange.FinishAsync(_stream!, _events!.GetSpace());
        return End(null);
    }

    /// <summary>Takes the next step from the bytes that have been read.</summary>
    /// <returns>False if there is none yet.</returns>
    private bool TryStep()
    {
        while (true)
        {
            if (_pending is not null && _pending.TryTake(out var step))
            {
                Take(step);
                return true;
            }

            if (_decoder!.IsComplete || !_events!.TryRead())
            {
                return false;
            }

            if (TryPass())
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Turns an event into a step: its bytes if a client can get them, otherwise its canonical form, which is queued. True: the step is its bytes.
    /// </summary>
    private bool TryPass()
    {
        var data = _events!.Data;
        if (provider.PassesBytes
            && data.Span is [(byte)'{', ..]
            // An event of several data lines has line feeds, which would split the client's event.
            && !data.Span.Contains((byte)'\n')
            && Utf8.IsValid(data.Span)
            && (_skimmer ??= new()).TryRead(data.Span, out SkimmedChunk)
            && _decoder!.TryPass(SkimmedChunk))
        {
            exchange.OnEvent(SkimmedChunk.HasOutput);
            if (exchange.FirstTokenSeen && _pending is not { IsEmpty: false })
            {
                (Raw, Chunk) = (data, null);
                return true;
            }

            Pending.Add(PendingStep.Of(data.ToArray(), SkimmedChunk), exchange.FirstTokenSeen);
            return false;
        }

        exchange.Weigh(data.Span);
        (_decoded ??= []).Clear();
        _decoder!.Decode(_events.Type, data.Span, _decoded);
        AddDecoded();
        return false;
    }

    private void AddDecoded()
    {
        exchange.OnEvent(hasOutput: _decoded!.Exists(streamEvent => streamEvent.Chunk is { } chunk && Output.IsIn(chunk)));
        foreach (var streamEvent in _decoded)
        {
            var piece = Defaults.Apply(streamEvent);
            if (piece.Failed is not null)
            {
                Pending.AddFailure(PendingStep.Of(piece), exchange.FirstTokenSeen);
                return;
            }

            // An empty chunk is not yet an answer.
            if (piece.Chunk is not { Choices.IsEmpty: true, Usage: null, Extra: null })
            {
                Pending.Add(PendingStep.Of(piece), exchange.FirstTokenSeen);
            }
        }
    }

    private void Take(in PendingStep step)
    {
        if (step.Raw is not null)
        {
            (Raw, SkimmedChunk, Chunk) = (step.Raw, step.Skim, null);
            return;
        }

        (Raw, Chunk) = (default, step.Event.Chunk);
        if (step.Event.Failed is { } error)
        {
            End(error);
        }
    }

    private bool EndAtClose()
    {
        if (_events!.TryReadRest() && TryReadLast())
        {
            return true;
        }

        return End(_decoder!.MayEnd && exchange.FirstTokenSeen ? null
            : _decoder.MayEnd ? provider.Errors.InvalidResponse()
            : provider.Errors.BrokenOff());
    }

    // The rest may also be half a line: then the stream ends before it.
    private bool TryReadLast()
    {
        try
        {
            return TryPass() || TryStep();
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
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

        (Whole, _isRead) = (Defaults.Apply(answer.Response!), true);
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
