// The styles of the Mantine components that only these pages need.
import '@mantine/core/styles/Combobox.layer.css'
