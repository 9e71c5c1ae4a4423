using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Prism.Tests.Faults;

/// <summary>Addresses of the loopback interface at which there is no provider.</summary>
internal sealed class FaultSockets : IAsyncDisposable
{
    // Bound and not listening: nobody else can take the port.
    private readonly Socket _closed = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _full = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _filler = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private ScriptedUpstream _untrusted = null!;

    private FaultSockets()
    {
    }

    /// <summary>Where connections are refused.</summary>
    public string ClosedUrl => "http://" + _closed.LocalEndPoint;

    /// <summary>Where connections are neither accepted nor refused.</summary>
    public string BlackHoleUrl => "http://" + _full.LocalEndPoint;

    /// <summary>Whose certificate nobody has signed.</summary>
    public string UntrustedUrl => _untrusted.Url;

    public static async Task<FaultSockets> OpenAsync()
    {
        var sockets = new FaultSockets();
        sockets._closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        // One connection that nobody accepts fills the queue; the system drops the packets of all others.
        sockets._full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        sockets._full.Listen(0);
        await sockets._filler.ConnectAsync(sockets._full.LocalEndPoint!);
        sockets._untrusted = await ScriptedUpstream.StartAsync(certificate: sockets._certificate);
        return sockets;
    }

    public async ValueTask DisposeAsync()
    {
        await _untrusted.DisposeAsync();
        _certificate.Dispose();
        _filler.Dispose();
        _full.Dispose();
        _closed.Dispose();
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256) { CertificateExtensions = { names.Build() } };
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
