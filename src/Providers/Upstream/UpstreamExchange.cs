using System.Runtime.CompilerServices;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Providers.Upstream;

/// <summary>
/// One HTTP exchange with a provider, and its timeouts. The first output has to arrive within <see cref="ProviderOptions.Timeout"/> of the request:
/// headers, comments, empty pieces and single bytes are no output. After that the same time bounds each silence. Signs of life without output end a
/// silence, but only for a limited time. A total timeout would cut off good long answers, so there is none. The time only counts while Prism waits
/// for the provider: a slow reader is not a silence of the provider.
/// </summary>
internal sealed class UpstreamExchange : IDisposable
{
    // Only the end of the body is missing then, and it is not worth a long wait.
    private static readonly TimeSpan FinishTimeout = TimeSpan.FromMilliseconds(100);

    // OpenAI's, Anthropic's, Azure's, AWS's, and Cloudflare's.
    private static readonly string[] RequestIdHeaders = ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid", "cf-ray"];

    // After the first output, signs of life may replace output for so many timeouts.
    private const int TimeoutsWithoutOutput = 3;

    // Error objects are small. A longer body is not worth the memory: its status is enough.
    private const int MaxErrorBytes = 256 * 1024;

    // Enough for the events of nearly all streams: only larger ones are counted.
    private const int UncountedBytes = 16 * 1024;

    private readonly HttpMessageInvoker _http;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly MemoryShare _memory;
    private readonly CallClock _clock;
    private readonly long _started;
    private int _maxBytes;
    private long _lastSign;
    private long _lastOutput;
    private volatile bool _waiting = true;
    private volatile bool _finishing;
    private volatile bool _firstTokenSeen;
    // The reader may still be processing output.
    private volatile bool _handedOut;
    private bool _isWhole;
    private int _bytesOfEvent;
    private HttpResponseMessage? _response;

    public UpstreamExchange(
        HttpMessageInvoker http, ProviderOptions options, MemoryBudget memory, IdlePool<CallClock> clocks, TimeProvider time, CancellationToken client)
    {
        _http = http;
        _timeout = options.Timeout;
        _time = time;
        _maxBytes = options.MaxAnswerBytes;
        _memory = memory.Open();
        _started = time.GetTimestamp();
        _clock = clocks.Rent();
        _clock.Begin(this, _timeout, client);
    }

    /// <summary>Fires when the caller disconnects, the time is over, or the exchange ends early.</summary>
    public CancellationToken Aborted => _clock.Token;

    /// <summary>Whether a timeout ended the exchange.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>Whether the provider has sent response headers.</summary>
    public bool Answered => _response is not null;

    /// <summary>The provider's own id of the call; null if it has sent none.</summary>
    public string? RequestId => _response?.Headers is { } headers
        ? Array.Find(RequestIdHeaders, headers.Contains) is { } name ? string.Join(',', headers.GetValues(name)) : null
        : null;

    /// <summary>Whether any output of the model has come.</summary>
    public bool FirstTokenSeen => _firstTokenSeen;

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message) =>
        _response = await _http.SendAsync(message, _clock.Token);

    /// <summary>Reads the body of a failed answer.</summary>
    /// <exception cref="InvalidDataException">The body is too long for an error.</exception>
    public ValueTask ReadErrorBodyAsync(HttpResponseMessage response, PooledBuffer content)
    {
        _maxBytes = Math.Min(_maxBytes, MaxErrorBytes);
        return ReadBodyAsync(response, content);
    }

    /// <summary>Reads a whole body. Only its end counts as the provider's first output.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ReadBodyAsync(HttpResponseMessage response, PooledBuffer content)
    {
        var body = response.Content.ReadAsStream(_clock.Token);
        int read;
        do
        {
            OnReading();
            read = await body.ReadAsync(content.GetMemory(), _clock.Token);
            OnBytes(read);
            content.Advance(read);
        }
        while (read > 0);
        _isWhole = true;
    }

    /// <summary>Reserves memory for the parsed form of a JSON text.</summary>
    /// <exception cref="NoMemoryException">There is no memory left.</exception>
    public void Weigh(ReadOnlySpan<byte> json)
    {
        if (json.Length > UncountedBytes && !_memory.TryHold(JsonSize.Of(json)))
        {
            throw new NoMemoryException();
        }
    }

    /// <summary>Reads the end of the body after the closing event of a stream, so that the next call finds the connection open and idle.</summary>
    public async Task FinishAsync(Stream body, Memory<byte> rest)
    {
        _finishing = true;
        _clock.Change(FinishTimeout);
        try
        {
            while (await body.ReadAsync(rest, _clock.Token) > 0)
            {
            }

            _isWhole = true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidDataException)
        {
            // The answer is complete, only its connection cannot be reused.
        }
    }

    /// <summary>An event of a stream is complete.</summary>
    /// <param name="hasOutput">Whether it has output of the model.</param>
    public void OnEvent(bool hasOutput)
    {
        if (hasOutput)
        {
            _handedOut = true;
            _firstTokenSeen = true;
        }

        // Pieces without output are held back until the first output: until then their bytes add up.
        if (_firstTokenSeen)
        {
            _bytesOfEvent = 0;
        }
    }

    /// <summary>The reader waits for bytes.</summary>
    public void OnReading()
    {
        // The wait for the first output began with the request, and only that output ends it.
        if (_firstTokenSeen)
        {
            var now = _time.GetTimestamp();
            Volatile.Write(ref _lastSign, now);
            if (_handedOut)
            {
                Volatile.Write(ref _lastOutput, now);
                _handedOut = false;
            }
        }

        _waiting = true;
    }

    /// <summary>Bytes have arrived.</summary>
    /// <exception cref="InvalidDataException">One answer or event has too many bytes.</exception>
    /// <exception cref="NoMemoryException">The memory budget has no room for them.</exception>
    public void OnBytes(int count)
    {
        _waiting = false;
        _bytesOfEvent += count;
        if (_bytesOfEvent > _maxBytes)
        {
            throw new InvalidDataException("The provider's answer is too large.");
        }

        // Twice, because buffers grow by doubling.
        if (_bytesOfEvent > UncountedBytes && !_memory.TryHold(2L * _bytesOfEvent))
        {
            throw new NoMemoryException();
        }
    }

    public void Dispose()
    {
        // Cancels an answer in progress: a reader that stops reading stops the generation.
        _clock.End(_isWhole);
        _response?.Dispose();
        _memory.Dispose();
    }

    /// <summary>The time is over.</summary>
    public void OnTimedOut() => TimedOut = true;

    /// <summary>The time left. The clock checks it once a silence, not once a read: reading a token only costs a timestamp.</summary>
    public TimeSpan Left()
    {
        if (_finishing)
        {
            return TimeSpan.Zero;
        }

        if (!_firstTokenSeen)
        {
            return _timeout - _time.GetElapsedTime(_started);
        }

        var toSign = _waiting ? _timeout - _time.GetElapsedTime(Volatile.Read(ref _lastSign)) : _timeout;
        var toOutput = _handedOut ? _timeout : (TimeoutsWithoutOutput * _timeout) - _time.GetElapsedTime(Volatile.Read(ref _lastOutput));
        return toSign < toOutput ? toSign : toOutput;
    }
}
