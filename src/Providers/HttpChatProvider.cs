using System.Buffers;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Prism.Formats;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Memory;
using Prism.Providers.Upstream;

namespace Prism.Providers;

/// <summary>One call to a provider over HTTP, the same for every vendor: translate, send, watch the clock, read, and name what went wrong.</summary>
internal sealed class HttpChatProvider(
    ProviderOptions options, ProviderApi api, HttpMessageInvoker http, MemoryBudget memory, TimeProvider time, ILogger logger) : IChatProvider
{
    private const string UnsupportedParameter = "unsupported_parameter";

    private static readonly ProductInfoHeaderValue UserAgent = new("Prism", typeof(HttpChatProvider).Assembly.GetName().Version!.ToString(3));

    private readonly IRequestWriter _requests = api.Dialect.Requests;
    private readonly IAnswerReader _answers = api.Dialect.Answers;
    private readonly EndpointPool _endpoints = new(options, api.Addressing, time, logger);

    private readonly UpstreamErrors _errors = new(options);

    public ProviderOptions Options => options;

    public void LiftHolds() => _endpoints.LiftHolds();

    public int ExtraOutputTokens(ChatRequest request) => _requests.ExtraOutputTokens(request);

    public ImmutableArray<string> FindUnsupported(ChatRequest request)
    {
        if (_requests.FindUnsupported(request) is [_, ..] unsupported)
        {
            return unsupported;
        }

        return _requests.Write(new ArrayBufferWriter<byte>(1024), request, stream: false) is { Code: UnsupportedParameter, Param: { } param }
            ? [param]
            : [];
    }

    public async Task<ProviderResult> CompleteAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        // :: Step 1: say it in the vendor's words
        using var body = new RequestBody();
        if (Translate(request, stream: false, body) is { } refused)
        {
            return refused;
        }

        using var endpoint = _endpoints.Take();
        using var exchange = new UpstreamExchange(http, options, memory, time, cancellationToken);
        try
        {
            // :: Step 2: send, and wait for the headers
            var response = await exchange.SendAsync(await CreateMessageAsync(endpoint, request, stream: false, body, exchange.Aborted));

            if (!response.IsSuccessStatusCode)
            {
                return _endpoints.OnFailed(endpoint, Explain(await ReadErrorAsync(exchange, response), endpoint, exchange, request, body));
            }

            // :: Step 3: read the whole body, and say it in ours
            var content = await exchange.ReadBodyAsync(response);
            var answer = _answers.Read(content.Span, time.GetUtcNow().ToUnixTimeSeconds());
            return answer.Response switch
            {
                null => Explain(answer.Error!, endpoint, exchange, request, body),
                { Choices.IsEmpty: true } => Explain(_errors.InvalidResponse(), endpoint, exchange, request, body),
                var whole => new AnswerDefaults(request).Apply(whole),
            };
        }
        catch (Exception exception) when (_errors.FromException(exception, exchange) is { } error)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return _endpoints.OnFailed(endpoint, Explain(error, endpoint, exchange, request, body));
        }
    }

    public async IAsyncEnumerable<ChatStreamEvent> StreamAsync(
        ChatRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // :: Step 1: say it in the vendor's words
        using var body = new RequestBody();
        if (Translate(request, stream: true, body) is { } refused)
        {
            yield return refused;
            yield break;
        }

        // :: Step 2: send, and wait for the headers
        using var endpoint = _endpoints.Take();
        using var exchange = new UpstreamExchange(http, options, memory, time, cancellationToken);
        var (stream, failure) = await OpenStreamAsync(exchange, endpoint, request, body);
        cancellationToken.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            yield return _endpoints.OnFailed(endpoint, Explain(failure, endpoint, exchange, request, body));
            yield break;
        }

        // :: Step 3: read event by event and say each in ours
        var defaults = new AnswerDefaults(request);
        var heldBack = new HeldBackPieces();
        var decoder = _answers.CreateDecoder(time.GetUtcNow().ToUnixTimeSeconds());
        var weighed = new WeighedDecoder(decoder, exchange);
        await using var frames = StreamFrames.ReadAsync(_answers.Framing, stream!, weighed, exchange.Aborted).GetAsyncEnumerator(exchange.Aborted);
        while (!decoder.IsComplete)
        {
            var (events, ended, error) = await ReadNextAsync(frames, decoder, exchange);
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var streamEvent in events)
            {
                var piece = defaults.Apply(streamEvent);
                if (piece.Chunk is { Choices.IsEmpty: true, Usage: null, Extra: null })
                {
                    // Nobody could tell it from nothing, and it is not yet an answer.
                    continue;
                }

                if (!exchange.FirstTokenSeen && piece.Failed is null)
                {
                    heldBack.Add(piece);
                    continue;
                }

                foreach (var earlier in exchange.FirstTokenSeen ? heldBack.Take() : [])
                {
                    yield return earlier;
                }

                if (piece.Failed is { } reported)
                {
                    yield return Explain(reported, endpoint, exchange, request, body);
                    yield break;
                }

                yield return piece;
            }

            if (error is not null)
            {
                yield return Explain(error, endpoint, exchange, request, body);
            }

            if (ended)
            {
                yield break;
            }
        }

        // :: Step 4: after the closing event, leave the connection to the next call
        if (!exchange.FirstTokenSeen)
        {
            yield return Explain(_errors.InvalidResponse(), endpoint, exchange, request, body);
            yield break;
        }

        await exchange.FinishAsync(stream!);
    }

    private ChatError? Translate(ChatRequest request, bool stream, RequestBody body)
    {
        if (_requests.FindUnsupported(request) is [var parameter, ..])
        {
            return ChatError.Invalid($"Provider '{options.Name}' does not support '{parameter}'.", parameter, UnsupportedParameter);
        }

        return _requests.Write(body.Json, request, stream);
    }

    private async ValueTask<HttpRequestMessage> CreateMessageAsync(
        PooledEndpoint endpoint, ChatRequest request, bool stream, RequestBody body, CancellationToken cancellationToken)
    {
        // Built from nothing: whatever headers the client sent stay with Prism.
        var message = new HttpRequestMessage(HttpMethod.Post, endpoint.Address.For(request.Model, stream)) { Content = body };
        message.Headers.UserAgent.Add(UserAgent);
        if (api.Dialect.IdempotencyHeader is { } header && request.IdempotencyKey is { } key)
        {
            message.Headers.Add(header, key);
        }

        await api.Authentication.AuthenticateAsync(message, body.Json.WrittenMemory, endpoint.ApiKey, cancellationToken);
        return message;
    }

    private async Task<(Stream? Stream, ChatError? Error)> OpenStreamAsync(
        UpstreamExchange exchange, PooledEndpoint endpoint, ChatRequest request, RequestBody body)
    {
        try
        {
            var response = await exchange.SendAsync(await CreateMessageAsync(endpoint, request, stream: true, body, exchange.Aborted));
            if (!response.IsSuccessStatusCode)
            {
                return (null, await ReadErrorAsync(exchange, response));
            }

            if (StreamFrames.Matches(_answers.Framing, response.Content.Headers.ContentType?.MediaType))
            {
                return (await exchange.OpenBodyAsync(response), null);
            }

            // Some servers send their error object with status 200, and not as a stream.
            var answer = await exchange.ReadBodyAsync(response);
            return (null, _answers.Read(answer.Span, time.GetUtcNow().ToUnixTimeSeconds()).Error ?? _errors.InvalidResponse());
        }
        catch (Exception exception) when (_errors.FromException(exception, exchange) is { } error)
        {
            return (null, error);
        }
    }

    // What operators want to know of a failure besides what the client is told: where it was, with which key, and in whose words.
    private ChatError Explain(ChatError error, PooledEndpoint endpoint, UpstreamExchange exchange, ChatRequest request, RequestBody body) =>
        error.Provider is null ? error : error with
        {
            Failure = new()
            {
                Address = endpoint.Address.Authority,
                Key = endpoint.KeyName,
                RequestId = request.RequestId,
                UpstreamRequestId = VendorWords.Clean(exchange.RequestId, options.Secrets, []),
                Message = VendorWords.Clean(error.Failure?.Message, options.Secrets, body.Json.Written),
            },
        };

    private async Task<ChatError> ReadErrorAsync(UpstreamExchange exchange, HttpResponseMessage response)
    {
        try
        {
            var content = await exchange.ReadErrorBodyAsync(response);
            return _errors.FromStatus(response, _answers.ReadError(content.Span), VendorWords.Read(content.Span));
        }
        catch (Exception exception) when (_errors.FromException(exception, exchange) is not null)
        {
            // The status says the most of it, also where its body does not come whole.
            return _errors.FromStatus(response, null);
        }
    }

    private async ValueTask<(List<ChatStreamEvent> Events, bool Ended, ChatError? Error)> ReadNextAsync(
        IAsyncEnumerator<List<ChatStreamEvent>> frames, IStreamDecoder decoder, UpstreamExchange exchange)
    {
        try
        {
            if (!await frames.MoveNextAsync())
            {
                return ([], true, decoder.MayEnd ? null : _errors.BrokenOff());
            }

            exchange.OnEvent(hasOutput: frames.Current.Exists(streamEvent => streamEvent.Chunk is { } chunk && Output.IsIn(chunk)));
            return (frames.Current, false, null);
        }
        catch (Exception exception) when (_errors.FromException(exception, exchange) is { } error)
        {
            // An answer that is whole is not made worse by how its connection ends.
            var ended = decoder.MayEnd && error.Kind is (ChatErrorKind.UpstreamBrokenOff or ChatErrorKind.UpstreamIdleTimeout);
            return ([], true, ended ? null : error);
        }
    }
}
