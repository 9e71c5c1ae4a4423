using System.Runtime.CompilerServices;
using Prism.Grains.Interfaces.Memory;

namespace Prism.Providers.Upstream;

/// <summary>
/// One HTTP exchange with a provider, and the clock over it. The first output has to come within <see cref="ProviderOptions.Timeout"/> of the
/// request: headers, comments, empty pieces and single bytes are no output. After that the same time bounds each silence. Signs of life
/// without output end a silence, but only for so long. A total timeout would cut good long answers, so there is none. The clock runs
/// only while the provider is waited for: a reader that takes its time with a piece is not the provider's silence.
/// </summary>
internal sealed class UpstreamExchange : IDisposable
{
    // Only the end of the body is missing then, and a server that keeps it back is not worth waiting for.
    private static readonly TimeSpan FinishTimeout = TimeSpan.FromMilliseconds(100);

    // OpenAI's, Anthropic's, Azure's, AWS's, and that of proxies.
    private static readonly string[] RequestIdHeaders = ["x-request-id", "request-id", "apim-request-id", "x-amzn-requestid", "cf-ray"];

    // After the first output: for so many timeouts, signs of life may take the place of output.
    private const int TimeoutsWithoutOutput = 3;

    // Error objects are small. What is longer is not worth the memory: its status says enough.
    private const int MaxErrorBytes = 256 * 1024;

    // Enough for the events of nearly all streams: more is only counted where it comes.
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
    // The reader has output that it may not be done with.
    private volatile bool _handedOut;
    private bool _isWhole;
    private int _bytesOfEvent;
    private HttpResponseMessage? _response;

    public UpstreamExchange(
        HttpMessageInvoker http, ProviderOptions options, MemoryBudget memory, CallClocks clocks, TimeProvider time, CancellationToken client)
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

    /// <summary>Fires when the caller leaves or the clock runs out.</summary>
    public CancellationToken Aborted => _clock.Token;

    /// <summary>Whether it was the clock that ended the exchange.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>Whether the provider has sent response headers.</summary>
    public bool Answered => _response is not null;

    /// <summary>The provider's own id of the call; null where it has told none.</summary>
    public string? RequestId => _response?.Headers is { } headers
        ? Array.Find(RequestIdHeaders, headers.Contains) is { } name ? string.Join(',', headers.GetValues(name)) : null
        : null;

    /// <summary>Whether any output of the model has come.</summary>
    public bool FirstTokenSeen => _firstTokenSeen;

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message) =>
        _response = await _http.SendAsync(message, _clock.Token);

    /// <summary>Reads the body of a failed answer.</summary>
    /// <exception cref="InvalidDataException">It is too long for one.</exception>
    public ValueTask ReadErrorBodyAsync(HttpResponseMessage response, PooledBuffer content)
    {
        _maxBytes = Math.Min(_maxBytes, MaxErrorBytes);
        return ReadBodyAsync(response, content);
    }

    /// <summary>Reads a whole body, which is the provider's first output at its end and not before.</summary>
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

    /// <summary>Makes room for what a JSON text is once it is read.</summary>
    /// <exception cref="NoMemoryException">There is none.</exception>
    public void Weigh(ReadOnlySpan<byte> json)
    {
        if (json.Length > UncountedBytes && !_memory.TryHold(JsonSize.Of(json)))
        {
            throw new NoMemoryException();
        }
    }

    /// <summary>
    /// After the closing event of a stream: reads the end of the body, so that the next call finds the connection open and idle.
    /// </summary>
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
            // The answer is whole, only its connection is not to be used again.
        }
    }

    /// <summary>An event of a stream is whole.</summary>
    /// <param name="hasOutput">Whether there is any of the model's output in it.</param>
    public void OnEvent(bool hasOutput)
    {
        if (hasOutput)
        {
            _handedOut = true;
            _firstTokenSeen = true;
        }

        // Pieces without output are held back until the first that has some: until then they count together.
        if (_firstTokenSeen)
        {
            _bytesOfEvent = 0;
        }
    }

    /// <summary>Bytes are waited for.</summary>
    public void OnReading()
    {
        // The wait for the first output began with the request, and nothing but that output ends it.
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

    /// <summary>Bytes have come.</summary>
    /// <exception cref="InvalidDataException">More than one answer or event may have.</exception>
    /// <exception cref="NoMemoryException">More than there is room for.</exception>
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
        // Ends what is still on the wire: a reader that stops reading stops the generation.
        _clock.End(_isWhole);
        _response?.Dispose();
        _memory.Dispose();
    }

    /// <summary>The time is over.</summary>
    public void OnTimedOut() => TimedOut = true;

    /// <summary>What is left until then. The clock asks once a silence, not once a read: reading a token costs a timestamp only.</summary>
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
