// The styles of the Mantine components that the way to a mailbox needs beside those of the settings.
import '../settings/css'
import '@mantine/core/styles/Combobox.layer.css'
